import {CosmosError} from '../../domain/errors.js';
import {nearestWord} from '../../domain/nearest-word.js';
import type {Key} from '../dashboard-state.js';

const keyNames = new Set(
	'space enter esc tab shift-tab backspace delete up down left right pageup pagedown home end'.split(
		' ',
	),
);

/** As in the configuration: `home.launch`, `commands.play`; `launch` alone means every context that has it. */
const nameOf = ({context, command}: Key) =>
	command.includes('.') ? command : `${context.name}.${command}`;

/**
 * The key table with the `[keys]` of the configuration.
 * @param given a command's name and its keys, separated by spaces
 * @throws CosmosError (configuration) for an unknown command or key, and for a key that two commands
 * would have: it names both
 */
export function withCustomKeys(
	table: readonly Key[],
	given: Readonly<Record<string, string>>,
): readonly Key[] {
	const custom = new Map<string, readonly string[]>();
	for (const [name, words] of Object.entries(given)) {
		const keys = words.split(/\s+/).filter(Boolean);
		checkKeys(name, keys);
		for (const key of namedKeys(table, name)) {
			if (isForTyping(table, key) && keys.some(one => [...one].length === 1)) {
				throw new CosmosError('configuration', `[keys]: ${name} works where characters are typed`, {
					hint: 'Give it a key with ctrl- or alt-, or one that types nothing.',
				});
			}

			custom.set(nameOf(key), keys);
		}
	}

	const changed = table.map(key => {
		const keys = custom.get(nameOf(key));
		return keys ? {...key, keys, isCustom: true} : key;
	});
	for (const [index, key] of changed.entries()) {
		if (key.isCustom) {
			checkConflicts(table, changed, index);
		}
	}

	return changed;
}

/** Whether a key is active while a character would be typed into a text field. */
const isForTyping = (table: readonly Key[], key: Key) =>
	table.some(other => other.context.name === 'text' && canMeet(key, other));

/** Whether two keys can be active at the same time. */
function canMeet(one: Key, two: Key): boolean {
	const together =
		one.screen === two.screen || one.screen === 'everywhere' || two.screen === 'everywhere';
	const apart = one.context.apart?.includes(two.context.name) ?? false;
	return together && !apart && !(two.context.apart?.includes(one.context.name) ?? false);
}

function namedKeys(table: readonly Key[], name: string): readonly Key[] {
	const free = table.filter(({context}) => !context.fixed);
	const found = free.filter(key => key.command === name || nameOf(key) === name);
	if (found.length > 0) {
		return found;
	}

	const names = [...new Set(free.map(({command}) => command))];
	const nearest = nearestWord(name, names);
	throw new CosmosError('configuration', `[keys]: there is no command "${name}"`, {
		hint: nearest ? `Did you mean "${nearest}"?` : 'docs/keys.md lists the names.',
	});
}

function checkKeys(name: string, keys: readonly string[]): void {
	const wrong = keys.find(key => {
		const plain = key.replace(/^(?:ctrl|alt)-/, '');
		return !(keyNames.has(key) || keyNames.has(plain) || [...plain].length === 1);
	});
	if (wrong !== undefined || keys.length === 0) {
		throw new CosmosError(
			'configuration',
			`[keys]: ${name} cannot have "${wrong ?? ''}" as a key`,
			{
				hint: `A key is a character, ctrl- or alt- with one, or ${[...keyNames].join(', ')}.`,
			},
		);
	}
}

/** Two that the table gives one key never work at the same time. */
function checkConflicts(table: readonly Key[], changed: readonly Key[], index: number): void {
	const key = changed[index] as Key;
	for (const [at, other] of changed.entries()) {
		const shared = other.keys.find(
			name =>
				key.keys.includes(name) &&
				!(table[index]?.keys.includes(name) && table[at]?.keys.includes(name)),
		);
		if (nameOf(other) !== nameOf(key) && canMeet(key, other) && shared !== undefined) {
			throw new CosmosError(
				'configuration',
				`[keys]: "${shared}" would be both ${nameOf(key)} and ${nameOf(other)}`,
				{hint: `${nameOf(other)} is: ${other.help}. Give one of them another key.`},
			);
		}
	}
}
