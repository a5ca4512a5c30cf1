import {CosmosError} from '../../domain/errors.js';
import {nearestWord} from '../../domain/nearest-word.js';
import {type Binding, bindings} from './bindings.js';
import type {Context} from './key-row.js';

/** Keys of commands that the user has given others, by `context.command`. */
export type CustomKeys = Readonly<Record<string, readonly string[]>>;

/** Contexts that have the keys together, so that one key cannot mean something in both. */
const together: Partial<Record<Context, readonly Context[]>> = {
	home: ['lists', 'detail', 'queue'],
	lists: ['home', 'queue'],
	detail: ['home', 'queue'],
	queue: ['home', 'lists', 'detail'],
	filter: ['text'],
	find: ['text'],
	'prompt-form': ['text'],
	'form-text': ['text'],
	record: ['text'],
	palette: ['text'],
	plan: ['pages'],
	text: ['filter', 'find', 'prompt-form', 'form-text', 'record', 'palette'],
	pages: ['plan'],
};

/** Questions show their keys beside their answers, and Ctrl-C leaves everywhere. */
export const fixedContexts: readonly Context[] = [
	'confirm',
	'rate',
	'delete',
	'edited',
	'quit',
	'always',
];
/** Where a character is typed. */
const typing: readonly Context[] = [
	'text',
	'filter',
	'find',
	'prompt-form',
	'form-text',
	'record',
	'palette',
];

const keyNames = new Set(
	'space enter esc tab shift-tab backspace delete up down left right pageup pagedown home end'.split(
		' ',
	),
);

/** As in the configuration: `launch`, or `plan.form-submit` where several contexts have one. */
const nameOf = ({context, command}: Binding) => `${context}.${command}`;

export function keysFor(custom: CustomKeys, binding: Binding): readonly string[] {
	return custom[nameOf(binding)] ?? binding.keys;
}

/**
 * Reads the `[keys]` of the configuration.
 * @param given a command's name and its keys with blanks between
 * @throws CosmosError (configuration) for an unknown command or key, and for a key that two commands
 * would have: it names both
 */
export function customKeys(given: Readonly<Record<string, string>>): CustomKeys {
	const custom: Record<string, readonly string[]> = {};
	for (const [name, words] of Object.entries(given)) {
		const keys = words.split(/\s+/).filter(Boolean);
		checkKeys(name, keys);
		for (const binding of named(name)) {
			if (typing.includes(binding.context) && keys.some(key => [...key].length === 1)) {
				throw new CosmosError('configuration', `[keys]: ${name} works where characters are typed`, {
					hint: 'Give it a key with ctrl- or alt-, or one that types nothing.',
				});
			}

			custom[nameOf(binding)] = keys;
		}
	}

	for (const binding of bindings.filter(one => nameOf(one) in custom)) {
		checkConflicts(custom, binding);
	}

	return custom;
}

function named(name: string): readonly Binding[] {
	const free = bindings.filter(({context}) => !fixedContexts.includes(context));
	const found = free.filter(one => one.command === name || nameOf(one) === name);
	if (found.length > 0) {
		return found;
	}

	const names = [...new Set(free.map(({command}) => command))];
	const nearest = nearestWord(name, names);
	throw new CosmosError('configuration', `[keys]: there is no command "${name}"`, {
		hint: nearest ? `Did you mean "${nearest}"?` : 'docs/keys.md has the names.',
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

/** Two that the table gives one key are never both working. */
const shareByTable = (key: string, one: Binding, two: Binding) =>
	one.keys.includes(key) && two.keys.includes(key);

function checkConflicts(custom: CustomKeys, binding: Binding): void {
	const contexts = [binding.context, 'always', ...(together[binding.context] ?? [])];
	for (const other of bindings) {
		const shared = keysFor(custom, other).find(
			key => keysFor(custom, binding).includes(key) && !shareByTable(key, binding, other),
		);
		if (other !== binding && contexts.includes(other.context) && shared !== undefined) {
			throw new CosmosError(
				'configuration',
				`[keys]: "${shared}" would be both ${nameOf(binding)} and ${nameOf(other)}`,
				{hint: `${nameOf(other)} is: ${other.help}. Give one of them another key.`},
			);
		}
	}
}
