import {describe, expect, it} from 'vitest';
import type {Run} from '../../../source/domain/types.js';
import {lineageLines} from '../../../source/screens/lineage/lineage-tab.js';
import {textOf} from '../../../source/state/content/line.js';
import {standing} from '../../../source/state/selectors.js';
import {visibleRuns} from '../../../source/state/visible-rows.js';
import {
	apply,
	commanded,
	commandFor,
	done,
	filled,
	going,
	noon,
	prompt,
	runBase,
	start,
} from '../../dashboard/examples.js';

const runsRead = (...runs: Parameters<typeof visibleRuns>[0]['runs'] & object) =>
	({type: 'runs-read', runs, ownRuns: [], at: noon}) as const;

describe('drilling', () => {
	const state = apply(
		filled(),
		runsRead(done(1), {...done(2), run: {...done(2).run, promptId: 'ps_000000000002'}}),
	);

	it('shows the runs of one prompt, and those of all after esc', () => {
		const inside = commanded(state, 'down', 'drill');
		expect(visibleRuns(inside).map(({run}) => run.id)).toEqual(['run_000000000002']);
		const out = commanded(inside, 'clear');
		expect(out).toMatchObject({focus: 'prompts', runsOf: undefined});
		expect(visibleRuns(out)).toHaveLength(2);
	});

	it('goes from a run to its prompt', () => {
		const at = commanded(state, 'to-runs', 'down', 'to-origin');
		expect(at).toMatchObject({focus: 'prompts', selected: {prompts: 'ps_000000000002'}});
	});
});

describe('lineage', () => {
	const upscale = {
		...runBase(4),
		operation: 'upscale',
		parentId: 'run_000000000001',
		status: 'cancelled',
	} as unknown as Run;
	const state = apply(
		start(),
		{
			type: 'prompts-read',
			prompts: [prompt(2, {parentId: 'ps_000000000001', enhancedBy: 'run_9'}), prompt(1)],
		},
		runsRead({run: upscale, shown: 'cancelled'}, done(1)),
	);

	it('draws the family from the first prompt down, and marks where one is', () => {
		expect(lineageLines(commanded(state, 'to-prompts')).map(textOf)).toEqual([
			'  prompt-1  ps_000000000001',
			'  ├ ✔ transfer  run_000000000001  done 5:00',
			'  │ └ ■ upscale  run_000000000004  cancelled',
			'> └ prompt-2  ps_000000000002  enhanced by run_9',
		]);
	});

	it('is the same from a run', () => {
		const lines = lineageLines(commanded(state, 'to-runs')).map(textOf);
		expect(lines.find(line => line.startsWith('>'))).toContain('upscale');
	});

	it('ends in damaged data where a prompt is its own forebear', () => {
		const circle = apply(start(), {
			type: 'prompts-read',
			prompts: [prompt(1, {parentId: 'ps_000000000002'}), prompt(2, {parentId: 'ps_000000000001'})],
		});
		expect(lineageLines(circle).length).toBeLessThanOrEqual(2);
	});
});

it('has no key that changes something when it is for reading alone', () => {
	const state = filled({readOnly: true});
	expect(['i', 'e', 'n', 'b'].map(key => commandFor(state, key))).toEqual([
		undefined,
		undefined,
		undefined,
		undefined,
	]);
	expect(commandFor(state, '?')).toBe('help');
});

it.each([
	['', '46% eta 0:40'],
	['Loading checkpoint shards', 'loading 46%'],
])('says of a run with the bar %j that it is at %s', (label, words) => {
	const bar = {label, percent: 46, done: 16, total: 35, etaSeconds: 40};
	const live = apply(filled(), runsRead(going(1)), {
		type: 'motion',
		runId: 'run_000000000001',
		bar,
		lastLine: '',
	});
	expect(standing(live, going(1))).toBe(words);
});
