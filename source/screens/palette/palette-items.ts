import type {DashboardState, Key} from '../../state/dashboard-state.js';
import {keysLabel, workingKeys} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {type TextField, textField} from '../../state/text-field.js';
import {fuzzyScore} from './fuzzy.js';

/** A command that works now. */
export type PaletteItem = {
	/** As the key table calls it. */
	command: string;
	/** As the command line calls it, where it has it; else the command. */
	name: string;
	keys: string;
	help: string;
};

/** The palette with every command that works now. */
export function openPalette(state: DashboardState): OverlayOf<'palette'> {
	const items = workingKeys({...state, overlay: undefined})
		.filter(({screen, isMove}) => screen === 'home' && !isMove)
		.map(itemOf);
	const unique = items.filter(
		({command}, at) => items.findIndex(one => one.command === command) === at,
	);
	return {kind: 'palette', items: unique, field: textField(), selected: 0};
}

function itemOf(key: Key): PaletteItem {
	const {command, verb: name = command, help} = key;
	// That of a command of the user's own begins with its name, for the help.
	const own = `${name}: `;
	const rest = help.startsWith(own) ? help.slice(own.length) : help;
	return {command, name, keys: keysLabel(key), help: rest};
}

/** Those that fit what is typed, the best first. A name counts more than what it does. */
export function fittingItems({
	items,
	field,
}: {
	items: readonly PaletteItem[];
	field: TextField;
}): readonly PaletteItem[] {
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
