import type {Context, DashboardState, Key} from '../dashboard-state.js';
import {keyLabel} from './key-strokes.js';

/** The keys that are active now, those of the innermost context first. */
function activeKeys(state: DashboardState, keys = state.keys): readonly Key[] {
	const screen = state.overlay?.kind ?? 'home';
	return keys
		.filter(
			key =>
				(key.screen === screen || key.screen === 'everywhere') &&
				(key.context.isActive?.(state) ?? true),
		)
		.sort((one, two) => rankOf(one) - rankOf(two));
}

const rankOf = ({context}: Key) => context.rank ?? 2;
const works = (key: Key, state: DashboardState) => key.disabled(state) === undefined;

/** A command and whether it works now: `reason` says why not, when that needs words. */
export type Found = {key: Key; reason?: undefined} | {key?: undefined; reason: string | undefined};

/** What a key does now, by its name. */
export const findKey = (state: DashboardState, name: string) =>
	find(state, activeKeys(state, keysNamed(state.keys, name)));

/** A command by its name, as the palette runs it. */
export const findCommand = (state: DashboardState, command: string) =>
	find(
		state,
		activeKeys(
			state,
			state.keys.filter(key => key.command === command),
		),
	);

const keysNamed = (keys: readonly Key[], name: string) =>
	keys.filter(key => key.keys.includes(name));

function find(state: DashboardState, wanted: readonly Key[]): Found {
	const key = wanted.find(one => works(one, state));
	return key ? {key} : {reason: wanted.map(one => one.disabled(state)).find(Boolean)};
}

/** Every command that works now, in the order of the table. */
export function workingKeys(state: DashboardState): readonly Key[] {
	const active = new Set(activeKeys(state));
	return state.keys.filter(key => active.has(key) && works(key, state));
}

/** What the footer names now: a key and a word each, those of the innermost context first. */
export function footerKeys(
	state: DashboardState,
): ReadonlyArray<{key: string; label: string; command: string}> {
	const active = activeKeys(state);
	const shown = active.filter(
		// Not one whose key does something else in a context further in.
		key => key.label !== '' && find(state, keysNamed(active, key.keys[0] ?? '')).key === key,
	);
	const named = shown.map(({keys, label, isCustom, command}) => {
		const [words = '', sign] = label.split(':').reverse();
		// A label that shows several keys knows only those of the table.
		return {key: (isCustom ? undefined : sign) ?? keyLabel(keys[0] ?? ''), label: words, command};
	});
	return named.filter(({key}, index) => named.findIndex(one => one.key === key) === index);
}

/**
 * A command's first key as a text names it: the user's own, where the configuration sets one.
 * @param context of the command, where several have it
 * @throws Error for a command that is not in the table
 */
export function keyOf(
	{keys}: Pick<DashboardState, 'keys'>,
	command: string,
	context?: string,
): string {
	const key = keys.find(
		one => one.command === command && (context === undefined || one.context.name === context),
	);
	if (!key) {
		throw new Error(`no command is called ${command}`);
	}

	return keyLabel(key.keys[0] ?? '');
}

/** Every key of a command, for people. */
export const keysLabel = ({keys}: Key) => keys.map(keyLabel).join(' ');

/** One context of the table, and its keys. */
export type KeySection = {context: Context; keys: readonly Key[]};

/** The table by context, in the order of the docs; a command that several screens share is there once. */
export function keySections(keys: readonly Key[]): readonly KeySection[] {
	const names = [...new Set(keys.map(({context}) => context.name))];
	return names
		.map(name => {
			const own = keys.filter(({context}) => context.name === name);
			const unique = own.filter(
				({command}, at) => own.findIndex(one => one.command === command) === at,
			);
			return {context: (own[0] as Key).context, keys: unique};
		})
		.sort((one, two) => (one.context.order ?? 50) - (two.context.order ?? 50));
}

/** The same, those first that have the keys on the home screen now, the innermost one before the others. */
export function keySectionsFrom(state: DashboardState): readonly KeySection[] {
	const isHere = ({context, keys}: KeySection) =>
		keys.some(({screen}) => screen === 'home') && (context.isActive?.(state) ?? true);
	const sections = keySections(state.keys);
	const here = sections.filter(isHere);
	return [
		...here.toSorted((one, two) => (one.context.rank ?? 2) - (two.context.rank ?? 2)),
		...sections.filter(section => !here.includes(section)),
	];
}
