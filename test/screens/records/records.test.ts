import {describe, expect, it} from 'vitest';
import {type DeletionPlan, planDeletion} from '../../../source/domain/deletion.js';
import {refusalsOfQueue} from '../../../source/domain/queue/deletion-queue.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {selectedPrompt, selectedRun} from '../../../source/state/selectors.js';
import {visiblePrompts} from '../../../source/state/visible-rows.js';
import {
	apply,
	commanded,
	commandFor,
	done,
	effectOf,
	filled,
	going,
	noon,
	prompt,
	type,
	waitingJob,
} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

const ids = ['ps_000000000001', 'ps_000000000002', 'ps_000000000003'] as const;

/** A preview has come for the open deletion. */
function previewed(state: DashboardState, plan: Partial<DeletionPlan> = {}): DashboardState {
	const {overlay} = state;
	const request = overlay?.kind === 'delete' ? overlay.request : undefined;
	if (!request) {
		throw new Error('no deletion is open');
	}

	const preview = {
		prompts: [],
		runs: [],
		outputsOf: [],
		refusals: [],
		notes: [],
		sizes: new Map(),
		...plan,
	};
	const view = {state: 'made', preview} as const;
	return apply(state, {type: 'deletion-previewed', request, view});
}

describe('rating', () => {
	it('gives the selected prompt stars by one digit', () => {
		const open = commanded(filled(), 'rate');
		expect(commandFor(open, '4')).toBe('rate-4');
		expect(effectOf(open, 'rate-4')).toMatchObject({
			kind: 'annotate',
			changes: [{id: ids[0], change: {rating: 4}}],
		});
		expect(commanded(open, 'rate-4').overlay).toBeUndefined();
	});

	it('rates all marked ones', () => {
		const open = commanded(filled(), 'mark', 'mark', 'rate');
		expect(effectOf(open, 'rate-2')).toMatchObject({changes: [{id: ids[0]}, {id: ids[1]}]});
	});
});

describe('tags', () => {
	const tagged = (tags: string[]) =>
		apply(filled(), {type: 'prompts-read', prompts: [prompt(1, {tags}), prompt(2), prompt(3)]});

	it('become exactly those that are typed for one prompt', () => {
		const form = type(commanded(tagged(['draft']), 'tags', 'erase-line'), 'keeper, rain');
		expect(effectOf(form, 'record-save')).toMatchObject({
			changes: [{id: ids[0], change: {addTags: ['keeper', 'rain'], removeTags: ['draft']}}],
		});
	});

	it('are put on and taken off each of several prompts', () => {
		const form = type(commanded(tagged(['draft']), 'mark', 'mark', 'tags'), 'keeper -draft');
		expect(effectOf(form, 'record-save')).toMatchObject({
			changes: [
				{id: ids[0], change: {addTags: ['keeper'], removeTags: ['draft']}},
				{id: ids[1], change: {addTags: ['keeper'], removeTags: []}},
			],
		});
	});

	it('that cannot be one are refused where they were typed', () => {
		const form = type(commanded(filled(), 'tags'), 'a/b');
		expect(effectOf(form, 'record-save')).toBeUndefined();
		expect(commanded(form, 'record-save').overlay).toMatchObject({
			refusal: expect.stringContaining('"a/b" cannot be a tag'),
		});
	});

	it('and stars are found by the filter', () => {
		const state = apply(filled(), {
			type: 'prompts-read',
			prompts: [prompt(1, {tags: ['rain'], rating: 2}), prompt(2, {rating: 4}), prompt(3)],
		});
		const found = (words: string) =>
			visiblePrompts(type(commanded(state, 'filter'), words)).map(({id}) => id);
		expect(found('#rain')).toEqual([ids[0]]);
		expect(found('★★★')).toEqual([ids[1]]);
	});
});

describe('notes and names', () => {
	it('keep line ends in a note', () => {
		const form = type(commanded(type(commanded(filled(), 'note'), 'one'), 'new-line'), 'two');
		expect(effectOf(form, 'record-save')).toMatchObject({
			changes: [{change: {note: 'one\ntwo'}}],
		});
	});

	it('ask before a typed note is lost', () => {
		const form = type(commanded(filled(), 'note'), 'one');
		expect(commanded(form, 'record-close').overlay?.kind).toBe('confirm');
	});

	it('refuse a name that cannot be one', () => {
		const form = type(commanded(filled(), 'rename', 'erase-line'), '-x');
		expect(effectOf(form, 'record-save')).toBeUndefined();
		expect(effectOf(type(commanded(form, 'erase-line'), 'rain'), 'record-save')).toEqual({
			kind: 'rename',
			promptId: ids[0],
			name: 'rain',
		});
	});
});

describe('deleting', () => {
	it('looks at what goes before it can be done', () => {
		const open = commanded(filled(), 'delete');
		expect(effectOf(filled(), 'delete')).toMatchObject({
			kind: 'preview-deletion',
			request: {ids: [ids[0]]},
		});
		expect(commandFor(open, 'y')).toBeUndefined();
		expect(commandFor(previewed(open), 'y')).toBe('delete-yes');
		expect(effectOf(previewed(open), 'delete-yes')).toMatchObject({kind: 'delete'});
	});

	it('cannot be done while something forbids it', () => {
		const refusals = [{id: ids[0], why: 'it has 3 runs', hint: ''}];
		expect(commandFor(previewed(commanded(filled(), 'delete'), {refusals}), 'y')).toBeUndefined();
	});

	it.each([
		['running', 'In the list of runs s stops it.'],
		['interrupted', 'In the list of runs F resumes it, s stops it.'],
	] as const)('names the keys that help with a run that is %s', (shown, words) => {
		const run = {...going(1), shown};
		const plan = planDeletion(
			{ids: [run.run.id], outputsOnly: false, withRuns: false},
			{prompts: [], runs: [run]},
		);
		const live = apply(filled(), {type: 'runs-read', runs: [run], ownRuns: [], at: noon});
		const screen = screenOf(previewed(commanded(live, 'to-runs', 'delete'), plan));
		expect(screen).toContain(words);
		expect(screen).not.toContain('cosmos kill');
	});

	it('looks again when the runs are to go too', () => {
		const open = previewed(commanded(filled(), 'delete'));
		const request = {ids: [ids[0]], withRuns: true, outputsOnly: false};
		expect(effectOf(open, 'delete-runs')).toEqual({kind: 'preview-deletion', request});
		expect(commanded(open, 'delete-runs').overlay).toMatchObject({
			request,
			view: {state: 'making'},
		});
	});

	it('leaves a preview alone that was asked for before', () => {
		const open = commanded(filled(), 'delete');
		const other = commanded(open, 'delete-outputs');
		const request = {ids: [ids[0]], withRuns: false, outputsOnly: false};
		const event = {
			type: 'deletion-previewed',
			request,
			view: {state: 'failed', message: '', hint: ''},
		} as const;
		expect(apply(other, event).overlay).toEqual(other.overlay);
	});

	it('selects the next row, and the one before at the end', () => {
		const first = commanded(previewed(commanded(filled(), 'delete')), 'delete-yes');
		expect(selectedPrompt(first)?.id).toBe(ids[1]);
		const last = commanded(previewed(commanded(filled(), 'last', 'delete')), 'delete-yes');
		expect(selectedPrompt(last)?.id).toBe(ids[1]);
	});

	it('takes the marks of what is gone with it', () => {
		const marked = commanded(filled(), 'to-runs', 'mark', 'mark');
		const state = apply(marked, {type: 'runs-read', runs: [done(1)], ownRuns: [], at: noon});
		expect(state.marks.runs).toEqual(['run_000000000001']);
		expect(selectedRun(state)?.run.id).toBe('run_000000000001');
	});
});

describe('other actions', () => {
	it('copy the ids of the marked rows, a line each', () => {
		const state = commanded(filled(), 'mark', 'mark');
		expect(effectOf(state, 'copy-id', noon)).toEqual({
			kind: 'copy',
			text: `${ids[0]}\n${ids[1]}`,
			what: '2 ids',
		});
	});

	it('copy the folder of the outputs of a run', () => {
		expect(effectOf(commanded(filled(), 'to-runs'), 'copy-path', noon)).toMatchObject({
			text: '/data/runs/run_000000000001/outputs',
		});
	});

	it('open the video of a completed run alone', () => {
		const runs = commanded(filled(), 'to-runs');
		expect(commandFor(runs, 'O')).toBe('open-video');
		expect(commandFor(commanded(runs, 'down'), 'O')).toBeUndefined();
	});

	it('are none of them there in a dashboard for reading alone', () => {
		const state = filled({readOnly: true});
		const keys = ['*', '#', 'a', 'N', 'd', 'E', 'F'];
		expect(keys.map(key => commandFor(state, key))).toEqual(keys.map(() => undefined));
	});
});

it.each([
	['tags', 'Tags: street …0001'],
	['launch', 'Infer: street …0001'],
])('names which of two prompts of one name %s is about', async (command, title) => {
	const prompts = [prompt(1, {name: 'street'}), prompt(2, {name: 'street'})];
	const state = apply(filled(), {type: 'prompts-read', prompts});
	const selected = {...state.selected, prompts: 'ps_000000000001'};
	expect(await screenOf(commanded({...state, subject: 'prompts', selected}, command))).toContain(
		title,
	);
});

it('names the key that cancels a job which needs what is to be deleted', async () => {
	const refusals = refusalsOfQueue({prompts: [prompt(1)], runs: [], outputsOf: []}, [
		waitingJob(1),
	]);
	const screen = await screenOf(previewed(commanded(filled(), 'delete'), {refusals}));
	expect(screen).toContain('cancel the job with x in the queue');
	expect(screen).not.toContain('cosmos queue');
});
