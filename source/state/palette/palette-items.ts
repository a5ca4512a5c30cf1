import type {DashboardState} from '../dashboard-state.js';
import {textField} from '../forms/text-field.js';
import {type Binding, bindings, type CommandName, isWorking} from '../keys/bindings.js';
import {contextsOf, keysLabel} from '../keys/key-lookup.js';
import {fuzzyScore} from './fuzzy.js';
import type {Palette, PaletteItem} from './palette.js';

/** Commands that the command line has under another name. */
const verbs: Partial<Record<CommandName, string>> = {
	launch: 'inference',
	batch: 'inference (batch)',
	enhance: 'prompt-enhance',
	'new-prompt': 'create prompt',
	stop: 'kill',
	tags: 'tag',
	'edit-text': 'edit',
	'open-video': 'open',
	'ask-host': 'status',
	filter: 'search',
	search: 'search log',
	'log-save': 'save log',
	'log-pager': 'logs',
};

/** They move, or are the palette itself: typing their names is no help. */
const moves: ReadonlySet<CommandName> = new Set<CommandName>([
	'palette',
	'down',
	'up',
	'page-down',
	'page-up',
	'first',
	'last',
	'detail-down',
	'detail-up',
	'next-panel',
	'previous-panel',
	'open',
	'back',
]);

/** The palette with everything that applies now, the actions first. */
export function openPalette(state: DashboardState): Palette {
	const contexts = contextsOf({...state, overlay: undefined});
	const items = bindings
		.filter(
			binding =>
				contexts.includes(binding.context) &&
				binding.context !== 'always' &&
				!moves.has(binding.command) &&
				isWorking(binding, state),
		)
		.map(binding => itemOf(state, binding));
	const unique = items.filter(
		({command}, at) => items.findIndex(one => one.command === command) === at,
	);
	return {kind: 'palette', items: unique, field: textField(), selected: 0};
}

function itemOf(state: DashboardState, binding: Binding): PaletteItem {
	return {
		command: binding.command,
		name: verbs[binding.command] ?? binding.command,
		keys: keysLabel(state.customKeys, binding),
		help: binding.help,
	};
}

/** Those that fit what is typed, the best first. A name counts more than what it does. */
export function fittingItems({items, field}: Palette): readonly PaletteItem[] {
	const typed = field.text.trim();
	if (typed === '') {
		return items;
	}

	return items
		.map(item => ({item, score: scoreOf(item, typed)}))
		.filter(({score}) => score !== undefined)
		.sort((one, two) => (two.score ?? 0) - (one.score ?? 0))
		.map(({item}) => item);
}

function scoreOf({name, command, help}: PaletteItem, typed: string): number | undefined {
	const names = [fuzzyScore(typed, name), fuzzyScore(typed, command)];
	const best = Math.max(...names.map(score => score ?? Number.NEGATIVE_INFINITY));
	if (best > Number.NEGATIVE_INFINITY) {
		return best + 1000;
	}

	// Letters anywhere in a sentence fit nearly always: there, whole words are wanted.
	return help.toLowerCase().includes(typed.toLowerCase()) ? 0 : undefined;
}

/** The command that enter does. */
export function chosenCommand(palette: Palette): CommandName | undefined {
	return fittingItems(palette)[palette.selected]?.command as CommandName | undefined;
}
