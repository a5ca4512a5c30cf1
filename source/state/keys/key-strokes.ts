import type {Key} from 'ink';

/** One press of a key: its name in the binding table, and what it would type. */
export type Stroke = {
	/** `j`, `G`, `?`, `space`, `enter`, `esc`, `tab`, `shift-tab`, `ctrl-u`, `alt-b`, `up` … */
	name: string;
	/** Empty for keys that type nothing. */
	text: string;
};

const named: ReadonlyArray<[keyof Key, string]> = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageUp', 'pageup'],
	['pageDown', 'pagedown'],
	['home', 'home'],
	['end', 'end'],
	['return', 'enter'],
	['escape', 'esc'],
	['tab', 'tab'],
	['backspace', 'backspace'],
	['delete', 'delete'],
];

/** Ink's input as strokes. Fast typing arrives as one text of several keys; each is one stroke. */
export function strokesOf(input: string, key: Key): Stroke[] {
	if (key.eventType === 'release') {
		return [];
	}

	const name = named.find(([flag]) => key[flag])?.[1];
	if (name === 'esc') {
		// Pressed twice so quickly that the terminal, or tmux, has sent both at once, it is one key for Ink.
		return Array.from({length: key.meta ? 2 : 1}, () => ({name, text: ''}));
	}

	if (name) {
		return [{name: prefixOf(key, name) + name, text: ''}];
	}

	if (key.ctrl && input !== '') {
		return [{name: `ctrl-${input}`, text: ''}];
	}

	if (key.meta && input !== '') {
		return [{name: `alt-${input}`, text: ''}];
	}

	return [...input].map(strokeOf);
}

/** Escape and the key after it, where a slow connection has sent both at once: for Ink that is Alt with the key. */
export function escapeAndKey(name: string): Stroke[] {
	// An `O` may be the beginning of a function key.
	const [, key = ''] = /^alt-(?!O$)(.+)$/su.exec(name) ?? [];
	return key === ''
		? []
		: [{name: 'esc', text: ''}, [...key].length === 1 ? strokeOf(key) : {name: key, text: ''}];
}

function prefixOf(key: Key, name: string): string {
	if (key.ctrl) {
		return 'ctrl-';
	}

	if (key.meta) {
		return 'alt-';
	}

	return key.shift && name === 'tab' ? 'shift-' : '';
}

function strokeOf(character: string): Stroke {
	switch (character) {
		case '\r':
			return {name: 'enter', text: ''};
		case '\n':
			return {name: 'ctrl-j', text: ''};
		case '\t':
			return {name: 'tab', text: ''};
		case ' ':
			return {name: 'space', text: ' '};
		default:
			return {name: character, text: character};
	}
}

const signs: Readonly<Record<string, string>> = {
	up: '↑',
	down: '↓',
	left: '←',
	right: '→',
	pageup: 'PgUp',
	pagedown: 'PgDn',
	home: 'Home',
	end: 'End',
	delete: 'Del',
};

/** A key's name for people. */
export function keyLabel(key: string): string {
	return signs[key] ?? key;
}
