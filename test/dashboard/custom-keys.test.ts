import {expect, it} from 'vitest';
import {keyTable} from '../../source/dashboard/update.js';
import {withCustomKeys} from '../../source/state/keys/custom-keys.js';
import {footerKeys, keysLabel} from '../../source/state/keys/keymap.js';
import {commanded, commandFor, filled} from './examples.js';

const withKeys = (keys: Record<string, string>) => filled({keys: withCustomKeys(keyTable, keys)});

it('gives a command other keys and takes its old one away', () => {
	const state = withKeys({launch: 'L ctrl-l'});
	expect(['L', 'ctrl-l', 'i'].map(key => commandFor(state, key))).toEqual([
		'launch',
		'launch',
		undefined,
	]);
});

it('is what footer and help say', () => {
	const state = withKeys({launch: 'L', 'next-tab': 'alt-t'});
	expect(footerKeys(state)).toContainEqual({key: 'L', label: 'infer', command: 'launch'});
	expect(footerKeys(state)).toContainEqual({key: 'alt-t', label: 'tab', command: 'next-tab'});
	const launch = state.keys.find(({command}) => command === 'launch');
	expect(launch && keysLabel(launch)).toBe('L');
});

it('changes the command of one section alone when that is named', () => {
	const state = withKeys({'plan.form-submit': 'x'});
	expect(commandFor(commanded(state, 'launch', 'show-plan'), 'x')).toBe('form-submit');
	expect(commandFor(commanded(state, 'launch'), 'enter')).toBe('form-submit');
});

it('lets two commands change their keys with each other', () => {
	const state = withKeys({launch: 'e', enhance: 'i'});
	expect(commandFor(state, 'e')).toBe('launch');
	expect(commandFor(state, 'i')).toBe('enhance');
});

it('leaves together what the table gives one key', () => {
	const state = withKeys({clear: 'esc W', back: 'esc'});
	expect(commandFor(commanded(state, 'mark'), 'W')).toBe('clear');
	expect(commandFor({...state, touring: true}, 'esc')).toBe('tour-end');
});

it.each([
	['a key that another command has', {launch: 's'}, '"s" would be both home.launch and home.stop'],
	['one of a context beside it', {launch: 'space'}, 'both home.launch and lists.mark'],
	['one that leaves everywhere', {launch: 'ctrl-c'}, 'both home.launch and always.interrupt'],
	['a command that there is not', {lunch: 'L'}, 'there is no command "lunch"'],
	['an answer to a question', {'confirm-yes': 'n'}, 'there is no command "confirm-yes"'],
	['a key that there is not', {launch: 'hyper-x'}, '"hyper-x"'],
	['no key at all', {launch: ' '}, 'cannot have ""'],
	['a character where one types', {'erase-word': 'x'}, 'where characters are typed'],
])('refuses %s', (_what, keys, message) => {
	expect(() => withCustomKeys(keyTable, keys as Record<string, string>)).toThrow(message);
});
