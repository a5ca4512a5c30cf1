import {describe, expect, it} from 'vitest';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {apply, commanded, effectOf, filled, type} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

const formOf = ({overlay}: DashboardState) => {
	if (overlay?.kind !== 'prompt') {
		throw new Error('no prompt form is open');
	}

	return overlay.form;
};

const inFolder = (folder: string) =>
	type(commanded(type(commanded(filled(), 'new-prompt'), 'a street'), 'form-next'), folder);
const completed = (
	state: DashboardState,
	text: string,
	candidates: readonly string[] = [],
	result = text,
) => apply(state, {type: 'path-completed', text, completed: result, candidates});

describe('tab in the folder field', () => {
	it('stays while it completes or offers something new', () => {
		expect(formOf(completed(inFolder('/v/c'), '/v/c', [], '/v/city/'))).toMatchObject({
			focus: 'folder',
			fields: {folder: {text: '/v/city/'}},
		});
		expect(formOf(completed(inFolder('/v/'), '/v/', ['city', 'dune'])).focus).toBe('folder');
	});

	it('moves on when there is nothing to complete', () => {
		expect(formOf(completed(inFolder('/v/city'), '/v/city')).focus).toBe('name');
	});

	it('moves on when the same folders are offered again', () => {
		const offered = completed(inFolder('/v/'), '/v/', ['city', 'dune']);
		expect(formOf(completed(offered, '/v/', ['city', 'dune'])).focus).toBe('name');
	});

	it('leaves a field alone that was entered meanwhile', () => {
		const moved = commanded(inFolder('/v/c'), 'form-next');
		expect(formOf(completed(moved, '/v/c', [], '/v/city/'))).toMatchObject({
			focus: 'name',
			fields: {folder: {text: '/v/c'}, name: {text: ''}},
		});
	});
});

it('says what is missing when the prompt is created without a folder', () => {
	const pressed = commanded(type(commanded(filled(), 'new-prompt'), 'a street'), 'create-now');
	expect(formOf(pressed).focus).toBe('folder');
	expect(screenOf(pressed)).toContain('✖ enter the folder with color.mp4');
});

it('goes to the name when the name is refused', () => {
	const sent = commanded(inFolder('/v'), 'create-now');
	expect(effectOf(inFolder('/v'), 'create-now')?.kind).toBe('create-prompt');
	const refused = apply(sent, {type: 'prompt-refused', message: 'not a name', field: 'name'});
	expect(formOf(refused)).toMatchObject({focus: 'name', refusal: 'not a name', saving: false});
});
