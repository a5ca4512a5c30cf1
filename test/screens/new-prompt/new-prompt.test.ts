import {describe, expect, it} from 'vitest';
import {modelNames} from '../../../source/domain/models/families.js';
import {typedPrompt} from '../../../source/screens/new-prompt/prompt-form.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import type {Event} from '../../../source/state/event.js';
import {apply, commanded, effectOf, filled, input, type} from '../../dashboard/examples.js';
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

describe('tab in the field of an input', () => {
	it('stays while it completes or offers something new', () => {
		expect(formOf(completed(inFolder('/v/c'), '/v/c', [], '/v/city/'))).toMatchObject({
			focus: 'input-0',
			inputs: [{text: '/v/city/'}],
		});
		expect(formOf(completed(inFolder('/v/'), '/v/', ['city', 'dune'])).focus).toBe('input-0');
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
			...{inputs: [{text: '/v/c'}], texts: {name: {text: ''}}},
		});
	});
});

describe('creating a prompt', () => {
	const text = type(commanded(filled(), 'new-prompt'), 'a street');

	it('says what is missing when no model of the hosts can do with what there is', () => {
		const pressed = commanded(text, 'create-now');
		expect(formOf(pressed).focus).toBe('input-0');
		expect(screenOf(pressed)).toContain('✖ transfer1 needs color: add a folder or a file with it');
	});

	it('says what the model that is chosen needs', () => {
		const chosen = commanded(text, 'form-previous', 'value-up', 'value-up');
		expect(formOf(chosen)).toMatchObject({focus: 'model', model: 'transfer2.5'});
		expect(screenOf(chosen)).toMatch(/model +‹ transfer2.5 › +transfer2.5 needs color/);
		expect(screenOf(commanded(chosen, 'create-now'))).toContain('✖ transfer2.5 needs color');
		expect(formOf(commanded(chosen, 'value-up')).model).toBe('transfer1');
		const first = commanded(chosen, 'value-down', 'value-down');
		expect(formOf(first).model).toBe('');
		expect(formOf(commanded(first, 'value-down')).model).toBe(modelNames.at(-1));
	});

	it('sends what is typed', () => {
		const typed = type(commanded(text, 'form-next'), 'edge=/v/lines.mp4');
		expect(effectOf(typed, 'create-now')).toEqual({
			kind: 'create-prompt',
			prompt: {
				...{text: 'a street', inputs: ['edge=/v/lines.mp4'], name: '', negative: '', model: ''},
			},
		});
	});
});

describe('files of a prompt', () => {
	const file = (role: string, word: string): Event => ({
		type: 'file-seen',
		word,
		view: {state: 'inputs', isFolder: false, inputs: [input(role)]},
	});
	const street = apply(inFolder('/v/street.mp4'), file('color', '/v/street.mp4'));

	it('are entered one by one, each with its role', () => {
		expect(formOf(street).inputs).toHaveLength(2);
		const two = type(commanded(street, 'form-next'), '/v/depth.mp4');
		const seen = apply(two, file('depth', '/v/depth.mp4'));
		const screen = screenOf(seen);
		expect(screen).toMatch(/inputs +✔ color +\/v\/street.mp4/);
		expect(screen).toMatch(/> +✔ depth +\/v\/depth.mp4/);
		expect(screen).toContain('another file; optional');
		expect(screen).toContain('121 frames');
		expect(typedPrompt(formOf(seen)).inputs).toEqual(['/v/street.mp4', '/v/depth.mp4']);
	});

	it('get another role by a key, which is written before them', () => {
		const turned = commanded(street, 'next-role');
		expect(formOf(turned).inputs[0]?.text).toBe('vis=/v/street.mp4');
		expect(formOf(commanded(turned, 'next-role')).inputs[0]?.text).toBe('edge=/v/street.mp4');
		const named = type(
			commanded(type(commanded(filled(), 'new-prompt'), 'a'), 'form-next'),
			'seg=/v/depth.mp4',
		);
		expect(formOf(commanded(named, 'next-role')).inputs[0]?.text).toMatch(/^\w+=\/v\/depth.mp4$/);
	});

	it('for one role are refused beside the second', () => {
		const twice = apply(
			type(commanded(street, 'form-next'), '/v/other.mp4'),
			file('color', '/v/other.mp4'),
		);
		expect(screenOf(twice)).toContain('✖ two files for color: give one of them another role');
		expect(effectOf(twice, 'create-now')).toBeUndefined();
	});

	it('are not mixed with a folder', () => {
		const folder = {state: 'inputs', isFolder: true, inputs: [input('depth')]} as const;
		const both = apply(type(commanded(street, 'form-next'), '/v'), {
			...{type: 'file-seen', word: '/v', view: folder},
		});
		expect(screenOf(both)).toContain('✖ enter one folder or single files, not both');
	});

	it('that do not fit each other are warned of below them', () => {
		const inputs = [
			{...input('color'), frames: 221},
			{...input('depth'), frames: 144},
		];
		const view = {state: 'inputs', isFolder: true, inputs} as const;
		const seen = apply(inFolder('/v'), {type: 'file-seen', word: '/v', view});
		const said = 'depth has 144 frames, color 221: the result has 144';
		expect(screenOf(seen)).toContain(`! ${said}`);
		expect(screenOf(commanded(seen, 'form-next'))).toContain(`! ${said}`);
	});

	it('are an input each when several lines are pasted', () => {
		const pasted = formOf(type(inFolder(''), '/v/a.mp4\n/v/depth.mp4\n'));
		expect(typedPrompt(pasted).inputs).toEqual(['/v/a.mp4', '/v/depth.mp4']);
		expect(pasted.focus).toBe('input-1');
	});

	it('close up when one is erased', () => {
		const two = type(commanded(street, 'form-next'), '/v/depth.mp4');
		const seen = apply(two, file('depth', '/v/depth.mp4'));
		const erased = commanded(seen, 'form-previous', 'erase-line', 'form-previous');
		expect(formOf(erased).inputs.map(one => one.text)).toEqual(['/v/depth.mp4', '']);
	});

	it('that cannot be used say why', () => {
		const view = {state: 'bad', message: 'cannot read it', hint: 'Make it readable.'} as const;
		const bad = apply(inFolder('/v/x.mp4'), {type: 'file-seen', word: '/v/x.mp4', view});
		expect(screenOf(bad)).toContain('✖ cannot read it');
		expect(effectOf(bad, 'create-now')).toBeUndefined();
	});
});

describe('a structured text', () => {
	const typed = (text: string) => type(commanded(filled(), 'new-prompt'), text);

	it('is said to be one', () => {
		expect(screenOf(typed('{"subjects": ["a street"]}'))).toContain('✔ structured prompt');
		expect(screenOf(typed('{"subjects": '))).toContain(
			'! used as plain text: it is not valid JSON',
		);
	});

	it('may stand in a file, whose fault is said by its name', () => {
		const named = typed('@/p/night.json');
		const good = {state: 'text', text: '{"scene": "night"}'} as const;
		expect(
			screenOf(apply(named, {type: 'file-seen', word: '@/p/night.json', view: good})),
		).toContain('✔ structured prompt');
		const bad = {state: 'bad', message: '/p/night.json is not valid JSON', hint: ''} as const;
		const broken = apply(named, {type: 'file-seen', word: '@/p/night.json', view: bad});
		expect(screenOf(broken)).toContain('✖ /p/night.json is not valid JSON');
		expect(effectOf(broken, 'create-now')).toBeUndefined();
	});

	it('is completed by tab in its file', () => {
		expect(effectOf(typed('@/p/n'), 'complete-or-next')).toEqual({
			...{kind: 'complete-path', text: '@/p/n', isText: true},
		});
		expect(effectOf(typed('a street'), 'complete-or-next')).toBeUndefined();
	});
});

it('goes to the name when the name is refused', () => {
	const sent = commanded(inFolder('/v'), 'create-now');
	expect(effectOf(inFolder('/v'), 'create-now')?.kind).toBe('create-prompt');
	const refused = apply(sent, {type: 'prompt-refused', message: 'not a name', field: 'name'});
	expect(formOf(refused)).toMatchObject({focus: 'name', refusal: 'not a name', saving: false});
});
