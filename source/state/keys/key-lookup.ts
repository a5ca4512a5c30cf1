import type {DashboardState} from '../dashboard-state.js';
import type {ListName, PanelName} from '../panels.js';
import {type Binding, bindings, type CommandName, isWorking} from './bindings.js';
import {type CustomKeys, keysFor} from './custom-keys.js';
import type {Context} from './key-row.js';
import {keyLabel} from './key-strokes.js';

/** The contexts that have the keys now, innermost first. */
export function contextsOf({overlay, focus, subject}: DashboardState): readonly Context[] {
	switch (overlay?.kind) {
		case undefined:
			return homeContexts(focus, subject);
		case 'filter':
			return ['filter', 'text', 'always'];
		case 'find':
			return ['find', 'text', 'always'];
		case 'launch':
			return overlay?.form.focus === 'text'
				? ['form-text', 'text', 'always']
				: ['launch-form', 'always'];
		case 'plan':
			return ['plan', 'pages', 'always'];
		case 'prompt':
			return ['prompt-form', 'text', 'always'];
		case 'preset':
			return ['record', 'text', 'always'];
		case 'record':
		case 'palette':
			return [overlay.kind, 'text', 'always'];
		case 'host':
		case 'stats':
			return [overlay.kind, 'pages', 'always'];
		case 'batching':
			return ['batching', 'pages', 'always'];
		case 'help':
		case 'notices':
			return ['pages', 'always'];
		default:
			return [overlay?.kind ?? 'home', 'always'];
	}
}

function homeContexts(focus: PanelName, subject: ListName): readonly Context[] {
	const inner: Context = focus === 'detail' ? 'detail' : 'lists';
	return subject === 'queue' ? ['queue', inner, 'home', 'always'] : [inner, 'home', 'always'];
}

/** What a key does now; undefined when it is no command here. */
export function commandFor(state: DashboardState, key: string): CommandName | undefined {
	for (const context of contextsOf(state)) {
		const found = bindings.find(
			binding =>
				binding.context === context &&
				keysFor(state.customKeys, binding).includes(key) &&
				isWorking(binding, state),
		);
		if (found) {
			return found.command;
		}
	}

	return undefined;
}

/** What the footer names now: a key and a word each, in the table's order. */
export function footerKeys(state: DashboardState): ReadonlyArray<{key: string; label: string}> {
	const contexts = contextsOf(state);
	const shown = bindings.filter(
		binding =>
			binding.label !== '' &&
			contexts.includes(binding.context) &&
			// Not one whose key does something else in a context further in.
			commandFor(state, keysFor(state.customKeys, binding)[0] ?? '') === binding.command,
	);
	const named = shown.map(binding => {
		const keys = keysFor(state.customKeys, binding);
		const [words = '', sign] = binding.label.split(':').reverse();
		// A label that shows several keys knows only those of the table.
		const own = keys === binding.keys ? sign : undefined;
		return {key: own ?? keyLabel(keys[0] ?? ''), label: words};
	});
	return named.filter(({key}, index) => named.findIndex(one => one.key === key) === index);
}

/** Contexts in the order of help and docs, with their titles. */
export const contextTitles: ReadonlyArray<readonly [Context, string]> = [
	['home', 'Home'],
	['lists', 'Lists'],
	['queue', 'Queue'],
	['detail', 'Detail'],
	['filter', 'Filter'],
	['find', 'Search in the log, and where to save it'],
	['launch-form', 'Launch form'],
	['form-text', 'Text in the launch form'],
	['plan', 'What will run'],
	['prompt-form', 'New prompt'],
	['text', 'Text fields'],
	['host', 'Host'],
	['stats', 'Durations and success'],
	['batching', 'Smart batching'],
	['rate', 'Rating'],
	['record', 'Tags, note, name; name of a preset'],
	['delete', 'Deleting'],
	['edited', 'A text that finished runs used'],
	['palette', 'Command palette'],
	['pages', 'Help and other pages'],
	['confirm', 'Questions'],
	['quit', 'Quitting with runs going'],
	['always', 'Everywhere'],
];

/** One row of help: every key of a command and what it does. */
export function keyHelp(
	context: Context,
	custom: CustomKeys = {},
): ReadonlyArray<{binding: Binding; keys: string}> {
	return bindings
		.filter(binding => binding.context === context)
		.map(binding => ({binding, keys: keysLabel(custom, binding)}));
}

/** Every key of a command, for people. */
export function keysLabel(custom: CustomKeys, binding: Binding): string {
	return keysFor(custom, binding).map(keyLabel).join(' ');
}
