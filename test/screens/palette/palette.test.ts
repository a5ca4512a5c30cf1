import {expect, it} from 'vitest';
import {fuzzyScore} from '../../../source/screens/palette/fuzzy.js';
import {fittingItems} from '../../../source/screens/palette/palette-items.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {commanded, effectOf, filled, type} from '../../dashboard/examples.js';

const paletteOf = ({overlay}: DashboardState) => {
	if (overlay?.kind !== 'palette') {
		throw new Error('no palette is open');
	}

	return overlay;
};

const chosen = (state: DashboardState) => {
	const effect = effectOf(state, 'palette-run');
	return effect?.kind === 'run-command' ? effect.command : undefined;
};

const names = (state: DashboardState) => fittingItems(paletteOf(state)).map(({name}) => name);

it('holds only what can be done now', () => {
	expect(names(commanded(filled(), 'palette'))).toContain('inference');
	expect(names(commanded(filled(), 'palette'))).not.toContain('kill');
	expect(names(commanded(filled({readOnly: true}), 'palette'))).not.toContain('inference');
});

it('finds a command by the verb of the command line and by its own name', () => {
	const open = commanded(filled(), 'palette');
	expect(chosen(type(open, 'infer'))).toBe('launch');
	expect(chosen(type(open, 'launch'))).toBe('launch');
});

it('finds by letters in their order, the better fit first', () => {
	expect(names(type(commanded(filled(), 'palette'), 'rnm'))[0]).toBe('rename');
	expect(fuzzyScore('tg', 'tag')).toBeGreaterThan(fuzzyScore('tg', 'a great thing') ?? 0);
	expect(fuzzyScore('gt', 'tag')).toBeUndefined();
});

it('finds by whole words of what a command does', () => {
	expect(names(type(commanded(filled(), 'palette'), 'trash'))).toContain('delete');
});

it('goes round its ends, and back to the first when something is typed', () => {
	const open = commanded(filled(), 'palette');
	const up = commanded(open, 'palette-previous');
	expect(paletteOf(up).selected).toBe(paletteOf(open).items.length - 1);
	expect(paletteOf(type(up, 't')).selected).toBe(0);
});

it('says what a command does in whole sentences', () => {
	const items = fittingItems(paletteOf(commanded(filled(), 'palette')));
	const trash = items.find(({command}) => command === 'trash');
	expect(trash?.help).toBe('the trash: restore what was deleted');
});
