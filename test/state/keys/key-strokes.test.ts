import type {Key} from 'ink';
import {expect, it} from 'vitest';
import {strokesOf} from '../../../source/state/keys/key-strokes.js';

const key = (change: Partial<Key> = {}) => change as Key;

it('names a letter by itself', () => {
	expect(strokesOf('G', key({shift: true}))).toEqual([{name: 'G', text: 'G'}]);
});

it('takes fast typing apart', () => {
	expect(strokesOf('ab\r', key()).map(({name}) => name)).toEqual(['a', 'b', 'enter']);
});

it('names special keys', () => {
	expect(strokesOf('', key({upArrow: true}))[0]?.name).toBe('up');
	expect(strokesOf('', key({tab: true, shift: true}))[0]?.name).toBe('shift-tab');
	expect(strokesOf('u', key({ctrl: true}))[0]?.name).toBe('ctrl-u');
	expect(strokesOf('\r', key({return: true, meta: true}))[0]?.name).toBe('alt-enter');
});

it('types a blank', () => {
	expect(strokesOf(' ', key())).toEqual([{name: 'space', text: ' '}]);
});

it('counts Escape twice when both presses arrive at once', () => {
	expect(strokesOf('', key({escape: true}))).toEqual([{name: 'esc', text: ''}]);
	expect(strokesOf('', key({escape: true, meta: true}))).toHaveLength(2);
});
