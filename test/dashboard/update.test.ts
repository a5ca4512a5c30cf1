import {describe, expect, it} from 'vitest';
import {viewOf} from '../../source/screens/new-prompt/prompt-form.js';
import {selectedPrompt, selectedRun} from '../../source/state/selectors.js';
import {visibleRuns} from '../../source/state/visible-rows.js';
import {
	apply,
	commanded,
	done,
	failed,
	filled,
	going,
	noon,
	prompt,
	start,
	type,
} from './examples.js';
import {screenOf} from './frame.js';

describe('lists', () => {
	it('select their first row', () => {
		expect(selectedPrompt(filled())?.name).toBe('prompt-1');
	});

	it('stay on the selected run when a new one comes above it', () => {
		const state = commanded(filled(), 'to-runs', 'down');
		const next = apply(state, {
			type: 'runs-read',
			runs: [going(9), done(1), failed(2), done(3)],
			ownRuns: [],
			at: noon,
		});
		expect(selectedRun(next)?.run.id).toBe('run_000000000002');
	});

	it('do not run over their ends', () => {
		expect(selectedPrompt(commanded(filled(), 'up'))?.name).toBe('prompt-1');
		expect(selectedPrompt(commanded(filled(), 'last', 'down'))?.name).toBe('prompt-3');
	});

	it('show the tabs of what is selected', () => {
		expect(filled().tab).toBe('prompt');
		expect(commanded(filled(), 'to-runs').tab).toBe('log');
	});
});

describe('filter', () => {
	const filtered = (words: string) =>
		visibleRuns(type(commanded(filled(), 'to-runs', 'filter'), words)).map(({run}) => run.id);

	it('shows only rows with all words', () => {
		expect(filtered('guardrail prompt-1')).toEqual(['run_000000000002']);
	});

	it('inverts with !', () => {
		expect(filtered('!guardrail')).toEqual(['run_000000000001', 'run_000000000003']);
	});

	it('is kept by enter and dropped by esc', () => {
		const typed = type(commanded(filled(), 'to-runs', 'filter'), 'guardrail');
		expect(commanded(typed, 'keep-filter').filters.runs).toBe('guardrail');
		expect(commanded(typed, 'drop-filter').filters.runs).toBe('');
	});

	it('leaves the rows as they are while what is typed is no filter, and cannot be kept', () => {
		const typed = type(type(commanded(filled(), 'to-runs', 'filter'), 'guardrail'), ' host<');
		expect(visibleRuns(typed)).toHaveLength(1);
		const refused = commanded(typed, 'keep-filter');
		expect(refused.overlay?.kind).toBe('filter');
		expect(refused.notices.at(-1)?.text).toContain('at character 16: host< needs a value');
	});

	it('is completed by what all offers share, then by the first', () => {
		const typed = type(commanded(filled(), 'to-runs', 'filter'), 'prompt sta');
		const next = commanded(typed, 'complete-filter');
		expect(next.overlay).toMatchObject({field: {text: 'prompt stars:'}});
		const value = commanded(
			type(commanded(filled(), 'to-runs', 'filter'), 'reason:gua'),
			'complete-filter',
		);
		expect(value.filters.runs).toBe('reason:guardrail');
	});

	it('is cleared from the list', () => {
		const kept = commanded(type(commanded(filled(), 'filter'), 'x'), 'keep-filter');
		expect(commanded(kept, 'clear').filters.prompts).toBe('');
	});
});

describe('detail', () => {
	it('takes the screen under 90 columns and gives it back', () => {
		const narrow = filled({size: {columns: 80, rows: 24}});
		const open = commanded(narrow, 'open');
		expect(open.zoomed).toBe(true);
		expect(commanded(open, 'back')).toMatchObject({zoomed: false, focus: 'prompts'});
	});

	it('leaves the lists where they are on a wide screen', () => {
		expect(commanded(filled(), 'open').zoomed).toBe(false);
	});

	it('is not entered when there is nothing to see', () => {
		expect(commanded(start(), 'open').focus).toBe('prompts');
	});

	it('does not scroll beyond its content', () => {
		const state = commanded(filled(), 'to-runs', 'next-tab', 'to-detail', 'last');
		expect(commanded(state, 'down', 'down').scroll).toBe(state.scroll);
	});
});

describe('forms', () => {
	it('are closed without a question when nothing was typed', () => {
		expect(commanded(filled(), 'new-prompt', 'form-close').overlay).toBeUndefined();
	});

	it('ask before what was typed is lost, and come back on no', () => {
		const typed = type(commanded(filled(), 'new-prompt'), 'a street');
		const asked = commanded(typed, 'form-close');
		expect(asked.overlay?.kind).toBe('confirm');
		expect(commanded(asked, 'confirm-no').overlay).toEqual(typed.overlay);
		expect(commanded(asked, 'confirm-yes').overlay).toBeUndefined();
	});

	it('open with the settings of the last launch', () => {
		const changed = type(
			commanded(filled(), 'launch', ...Array<'form-previous'>(4).fill('form-previous')),
			'',
		);
		const launched = apply(commanded(changed, 'value-up'), {type: 'launch-accepted', at: noon});
		const again = commanded(launched, 'launch').overlay;
		expect(again).toMatchObject({kind: 'launch', form: {host: 'h100'}});
	});

	it('a rerun says that it is one, and of which run', () => {
		const state = {...commanded(filled(), 'to-runs', 'rerun'), size: {columns: 80, rows: 24}};
		expect(screenOf(state)).toContain('Infer again: prompt-1  run_000000000001');
	});

	it('rerun with the settings of the run', () => {
		const run = done(1);
		run.run.settings = {...run.run.settings, steps: 7};
		const state = apply(filled(), {type: 'runs-read', runs: [run], ownRuns: [], at: noon});
		const {overlay} = commanded(state, 'to-runs', 'rerun');
		expect(overlay).toMatchObject({kind: 'launch', form: {values: {steps: '7'}}});
	});

	it('stay open with the reason when the launch is refused', () => {
		const state = apply(commanded(filled(), 'launch'), {
			type: 'launch-refused',
			message: 'an input is gone',
			hint: 'Put it back.',
		});
		expect(state.overlay).toMatchObject({form: {refusal: 'an input is gone. Put it back.'}});
	});

	it('take a look into a folder only for the text that is typed now', () => {
		const folder = commanded(filled(), 'new-prompt', 'form-next');
		const typed = type(folder, '/videos');
		const view = {state: 'inputs', inputs: [], isFolder: true} as const;
		const late = apply(typed, {type: 'file-seen', word: '/vid', view});
		const viewIn = ({overlay}: typeof late) =>
			overlay?.kind === 'prompt' ? viewOf(overlay.form, '/videos') : undefined;
		expect(viewIn(late)).toEqual({state: 'looking'});
		const right = apply(typed, {type: 'file-seen', word: '/videos', view});
		expect(viewIn(right)).toEqual(view);
	});

	it('select a prompt that was made', () => {
		const made = prompt(9);
		const state = apply(commanded(filled(), 'new-prompt'), {type: 'prompt-made', prompt: made});
		expect(selectedPrompt(state)).toEqual(made);
		expect(state.overlay).toBeUndefined();
	});
});

describe('runs of this program', () => {
	it('are shown with their log when they start', () => {
		const state = apply(
			filled(),
			{type: 'runs-read', runs: [going(9), done(1)], ownRuns: ['run_000000000009'], at: noon},
			{type: 'run-started', runId: 'run_000000000009'},
		);
		expect(state).toMatchObject({focus: 'runs', tab: 'log'});
		expect(selectedRun(state)?.run.id).toBe('run_000000000009');
	});

	it('do not tear the user away from a form', () => {
		const state = apply(commanded(filled(), 'new-prompt'), {type: 'run-started', runId: 'run_9'});
		expect(state.focus).toBe('prompts');
		expect(state.overlay?.kind).toBe('prompt');
	});

	it('make quitting ask', () => {
		const state = {...filled(), ownRuns: ['run_9']};
		expect(commanded(state, 'quit').overlay).toMatchObject({kind: 'quit', runs: ['run_9']});
	});

	it('lose their motion when they have ended', () => {
		const live = apply(
			filled(),
			{type: 'runs-read', runs: [going(9)], ownRuns: [], at: noon},
			{type: 'motion', runId: 'run_000000000009', bar: undefined, lastLine: 'x'},
			{type: 'runs-read', runs: [done(9)], ownRuns: [], at: noon},
		);
		expect(live.motions).toEqual({});
	});
});

describe('notices', () => {
	const notice = {tone: 'good', text: 'done', hint: '', at: noon} as const;

	it('are seen off by a key pressed a while later', () => {
		const state = apply(filled(), {type: 'noticed', notice});
		const soon = apply(state, {type: 'command', command: 'down', at: noon + 100});
		expect(soon.noticeShown).toBe(true);
		const later = apply(state, {type: 'command', command: 'down', at: noon + 5000});
		expect(later.noticeShown).toBe(false);
	});

	it('are kept for later', () => {
		expect(apply(filled(), {type: 'noticed', notice}).notices).toEqual([notice]);
	});
});

it('is the same state after a size that is no change', () => {
	const state = filled();
	expect(apply(state, {type: 'resized', columns: 120, rows: 32})).toBe(state);
});

describe('Escape and the key after it, which arrive at once', () => {
	const press = (state: ReturnType<typeof filled>, name: string) =>
		apply(state, {type: 'key', name, text: '', at: noon});

	it('are two keys where nothing is typed', () => {
		const columns = commanded(filled(), 'to-runs', 'sort');
		expect(columns.overlay?.kind).toBe('columns');
		expect(press(columns, 'alt-1')).toMatchObject({overlay: undefined, focus: 'prompts'});
		const marked = commanded(filled(), 'mark');
		const next = press(marked, 'alt-n');
		expect(next.marks.prompts).toEqual([]);
		expect(next.overlay?.kind).toBe('prompt');
	});

	it('are one where texts and numbers are typed, and in the beginning of a function key', () => {
		for (const command of ['new-prompt', 'filter', 'launch']) {
			const state = commanded(filled(), command);
			expect(press(state, 'alt-y').overlay).toEqual(state.overlay);
		}

		const state = commanded(filled(), 'mark');
		expect(press(state, 'alt-O').marks).toEqual(state.marks);
	});
});
