import {expect, it} from 'vitest';
import {apply, commanded, effectOf, filled, noon, prompt, type} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

it('marks a row and goes on to the next', () => {
	const state = commanded(filled(), 'mark');
	expect(state.marks.prompts).toEqual(['ps_000000000001']);
	expect(state.selected.prompts).toBe('ps_000000000002');
});

it('takes a mark away again', () => {
	const state = commanded(filled(), 'mark', 'up', 'mark');
	expect(state.marks.prompts).toEqual([]);
});

it('marks from the last marked row to the selected one', () => {
	const state = commanded(filled(), 'mark', 'down', 'mark-range');
	expect(state.marks.prompts).toEqual(['ps_000000000001', 'ps_000000000002', 'ps_000000000003']);
});

it('loses the marks at the first esc and the filter at the second', () => {
	const kept = commanded(type(commanded(filled(), 'filter'), 'prompt'), 'keep-filter', 'mark');
	const once = commanded(kept, 'clear');
	expect(once).toMatchObject({marks: {prompts: []}, filters: {prompts: 'prompt'}});
	expect(commanded(once, 'clear').filters.prompts).toBe('');
});

it('says how a batch is begun when too few are marked', () => {
	const state = commanded(filled(), 'mark', 'batch');
	expect(state.overlay).toBeUndefined();
	expect(state.notices.at(-1)?.text).toContain('mark them with space');
});

it('forgets the marks once they are launched', () => {
	const form = commanded(filled(), 'mark', 'mark', 'batch');
	expect(form.marks.prompts).toHaveLength(2);
	expect(apply(form, {type: 'launch-accepted', at: noon}).marks.prompts).toEqual([]);
});

it('says in the form of a batch what keeps them apart, before it is handed in', () => {
	const others = [prompt(1), prompt(2, {negative: 'rain'}), prompt(3, {negative: 'snow'})];
	const state = apply(filled(), {type: 'prompts-read', prompts: others});
	const form = commanded(state, 'mark', 'mark', 'mark', 'batch');
	const screen = screenOf(form).replaceAll(/[│╭╮╰╯─\s]+/g, ' ');
	expect(screen).toContain(
		'transfer1 takes one negative prompt for all, and that of prompt-2 and prompt-3 differs from that of prompt-1. i in the list launches them one by one',
	);
	expect(effectOf(form, 'form-submit', noon)).toBeUndefined();
	expect(effectOf(form, 'form-queue', noon)).toBeUndefined();
	// Transfer2.5 takes one for each.
	const model = commanded(form, 'form-previous', 'form-previous', 'value-up');
	expect(effectOf(model, 'form-submit', noon)?.kind).toBe('launch');
});
