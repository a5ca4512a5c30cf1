import {expect, it} from 'vitest';
import {keyTable} from '../../../source/dashboard/update.js';
import {keySectionsFrom} from '../../../source/state/keys/keymap.js';
import {commanded, filled, type} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

const titles = (...commands: string[]) =>
	keySectionsFrom(commanded(filled(), ...commands)).map(({context}) => context.title);

it('begins with the keys of the place where it was opened', () => {
	expect(titles('to-prompts').slice(0, 2)).toEqual(['Lists', 'Home']);
	expect(titles('to-queue').slice(0, 3)).toEqual(['Queue', 'Lists', 'Home']);
	expect(titles('to-detail').slice(0, 2)).toEqual(['Detail', 'Home']);
	expect(new Set(titles('to-queue'))).toEqual(new Set(titles('to-prompts')));
});

it('shows only keys with the words that are typed, and all again after esc', () => {
	const searching = type(commanded(filled(), 'help', 'help-search'), 'trash');
	const found = screenOf(searching);
	expect(found).toMatch(/D +the trash/);
	expect(found).toMatch(/ \/trash/);
	expect(found).not.toContain('next panel');
	const kept = commanded(searching, 'keep-search');
	expect(screenOf(kept)).toContain('Keys  /trash');
	const all = commanded(kept, 'page-close');
	expect(all.overlay).toMatchObject({kind: 'help', words: ''});
	expect(commanded(all, 'page-close').overlay).toBeUndefined();
});

it('finds a key by its letter and says when none fits', () => {
	const find = (words: string) => screenOf(type(commanded(filled(), 'help', 'help-search'), words));
	expect(find('U')).toMatch(/ U +undo the last/);
	expect(find('qqqq')).toContain('No key does that.');
});

it('has no destructive key whose letter does something harmless in another panel', () => {
	const home = keyTable.filter(({screen}) => screen === 'home');
	const destructive = home.filter(({destroys}) => destroys);
	expect(destructive.map(({command}) => command).sort()).toEqual([
		'delete',
		'queue-cancel',
		'queue-forget',
		'stop',
	]);
	const shared = destructive.flatMap(({keys, command}) =>
		home
			.filter(other => !other.destroys && other.keys.some(key => keys.includes(key)))
			.map(other => `${command} and ${other.command}`),
	);
	expect(shared).toEqual([]);
});
