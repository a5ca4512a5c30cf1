import {renderToString} from 'ink';
import {describe, expect, it} from 'vitest';
import {Screen} from '../../source/dashboard/screen.js';
import {widthOf} from '../../source/state/content/text-layout.js';
import type {DashboardState} from '../../source/state/dashboard-state.js';
import {sizes} from '../sizes.js';
import {
	apply,
	commanded,
	demoHost,
	done,
	filled,
	going,
	gpuHost,
	gpuReport,
	noon,
	prompt,
	runBase,
	start,
	type,
} from './examples.js';
import {screenOf} from './frame.js';

const live = (change: Partial<DashboardState> = {}) =>
	apply(
		filled(change),
		{type: 'runs-read', runs: [going(9), done(1)], ownRuns: ['run_000000000009'], at: noon},
		{type: 'run-started', runId: 'run_000000000009'},
	);

/** The open deletion with its preview: more rows than a small screen has. */
function deleting(state: DashboardState): DashboardState {
	const request = {
		ids: ['ps_000000000001', 'ps_000000000002'],
		outputsOnly: false,
		withRuns: false,
	};
	const runs = Array.from({length: 30}, (_, index) => done((index % 9) + 1).run);
	const sizes = new Map(runs.map(({id}) => [id, 2 ** 30]));
	const preview = {prompts: [prompt(1)], runs, outputsOf: [], refusals: [], notes: [], sizes};
	const view = {state: 'made', preview} as const;
	return apply(state, {type: 'deletion-previewed', request, view});
}

const states: ReadonlyArray<readonly [string, (size: DashboardState['size']) => DashboardState]> = [
	['nothing read yet', size => start({size})],
	['lists', size => filled({size})],
	['a run going', size => live({size})],
	['the detail', size => commanded(filled({size}), 'to-runs', 'open', 'next-tab')],
	['the launch form', size => commanded(filled({size}), 'launch')],
	[
		'the launch form unfolded',
		size =>
			commanded(
				filled({size}),
				'launch',
				...Array<'form-previous'>(3).fill('form-previous'),
				'value-toggle',
			),
	],
	['the enhance form', size => commanded(filled({size}), 'enhance')],
	['the upscale form', size => commanded(filled({size}), 'to-runs', 'upscale')],
	['the batch form', size => commanded(filled({size}), 'mark', 'mark', 'mark', 'batch')],
	[
		'the host page',
		size =>
			commanded(
				apply(filled({size}), {type: 'host-answered', report: gpuReport(8), at: noon}),
				'host',
			),
	],
	['stats', size => commanded(filled({size}), 'stats')],
	['the queue', size => commanded(filled({size}), 'to-queue')],
	['smart batching', size => commanded(filled({size}), 'to-queue', 'queue-batch')],
	['the plan', size => commanded(filled({size}), 'launch', 'show-plan')],
	[
		'the prompt form',
		size => type(commanded(filled({size}), 'new-prompt'), 'a street '.repeat(90)),
	],
	['help', size => commanded(filled({size}), 'help')],
	['the filter', size => type(commanded(filled({size}), 'filter'), 'prompt')],
	['rating', size => commanded(filled({size}), 'rate')],
	['the tags', size => type(commanded(filled({size}), 'tags'), 'a/b '.repeat(60))],
	['the note', size => type(commanded(filled({size}), 'note'), 'a street '.repeat(90))],
	['a deletion', size => deleting(commanded(filled({size}), 'mark', 'mark', 'delete'))],
	['the palette', size => commanded(filled({size}), 'palette')],
	['the quit question', size => commanded(live({size}), 'quit')],
	['the stop question', size => commanded(live({size}), 'stop')],
];

describe.each(sizes)('at %d×%d', (columns, rows) => {
	it.each(states)('%s fills the screen and nothing beyond it', (_name, stateOf) => {
		const screen = screenOf(stateOf({columns, rows}));
		const lines = screen.split('\n');
		expect(lines.length).toBe(rows);
		// What is higher than the screen is cut: its lower border is missing then.
		expect(screen.lastIndexOf('╰')).toBeGreaterThanOrEqual(screen.lastIndexOf('╭'));
		expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
	});
});

it('says how large the window has to be when it is too small', () => {
	expect(screenOf(filled({size: {columns: 59, rows: 20}})).trim()).toBe(
		'cosmos needs 60×15, this is 59×20',
	);
});

it('shows what lies behind a dialog without colours, and beside a filter with them', () => {
	const painted = (state: ReturnType<typeof filled>) =>
		renderToString(<Screen state={state} />, {columns: 120}).split('\n');
	const look = /\u001b\[[\d;]*m/g;
	// The first row of the panels: no dialog is as high.
	const codes = (state: ReturnType<typeof filled>) => new Set(painted(state)[2]?.match(look));
	expect(codes(commanded(filled(), 'delete')).size).toBe(2);
	expect(codes(commanded(filled(), 'filter'))).toEqual(codes(filled()));
	expect(codes(filled()).size).toBeGreaterThan(2);
});

describe('home', () => {
	it('shows prompts, runs with sign and word, and the selected prompt', () => {
		const screen = screenOf(filled());
		expect(screen).toMatch(/1 Prompts .* 3 /);
		expect(screen).toMatch(/> prompt-1 +3 runs/);
		expect(screen).toMatch(/✔ prompt-1 +done 5:00/);
		expect(screen).toMatch(/✖ prompt-1 +guardrail/);
		expect(screen).toContain('neon light on wet asphalt');
	});

	it('says how many rows a filter shows', () => {
		const state = commanded(type(commanded(filled(), 'to-runs', 'filter'), 'guard'), 'keep-filter');
		expect(screenOf(state)).toMatch(/2 Runs {2}\/guard .*1 of 3/);
	});

	it('says how a word of the filter may go on, or what is wrong with it', () => {
		const typed = (text: string) =>
			screenOf(type(commanded(filled({size: {columns: 80, rows: 24}}), 'to-runs', 'filter'), text));
		expect(typed('sta')).toMatch(/tab stars: {2}status:/);
		expect(typed('status:gone')).toMatch(/✖ there is no status "gone" +It can be pending/);
	});

	it('says how to add a prompt when there is none', () => {
		const state = apply(start(), {type: 'prompts-read', prompts: []});
		expect(screenOf(state)).toContain('No prompts yet.');
		expect(screenOf(state)).toContain('n creates one');
	});

	it.each([
		[120, 32],
		[80, 24],
	])('welcomes at the first start, at %d×%d', (columns, rows) => {
		const state = apply(
			start({touring: true, size: {columns, rows}}),
			{type: 'prompts-read', prompts: [prompt(1)]},
			{type: 'runs-read', runs: [], ownRuns: [], at: noon},
		);
		expect(screenOf(state)).toContain('Welcome to cosmos');
		expect(screenOf(state)).toContain('simulator on this machine');
	});

	it('says why the store cannot be read', () => {
		const state = apply(start(), {type: 'store-failed', message: 'runs.json is damaged'});
		expect(screenOf(state)).toContain('runs.json is damaged');
	});
});

describe('host line', () => {
	it('shows the GPU', () => {
		const gpu = {
			index: 0,
			name: 'NVIDIA H100 80GB HBM3',
			memoryTotal: 81_559,
			memoryUsed: 41_984,
			utilization: 62,
			temperature: 64,
			power: 410.4,
		};
		const report = {host: gpuHost, gpus: [gpu], jobs: [], freeSpace: 2 ** 40};
		const state = apply(filled(), {type: 'host-answered', report, at: noon});
		expect(screenOf(state).split('\n')[0]).toMatch(
			/h100 ● ready +H100 80GB HBM3 +62% +41\/80 GB +64°C +410 W +1.0 TiB free/,
		);
	});

	it.each([
		[120, 'since 12:00, next try 12:03, R tries now'],
		[80, 'since 12:00, next 12:03'],
	])(
		'says since when and why a host is not reached, and when it is asked again, in %d columns',
		(columns, when) => {
			const problem = {message: 'cannot reach h100: refused', hint: '', exitCode: 4};
			const report = {host: gpuHost, gpus: [], jobs: [], problem, silent: true};
			const asked = (minutes: number) =>
				({type: 'host-answered', report, at: noon + minutes * 60_000}) as const;
			const state = apply(filled({size: {columns, rows: 24}}), asked(0), asked(2));
			expect(screenOf(state)).toContain(`h100 ✖ cannot reach h100: refused  (${when})`);
		},
	);

	it('cleans what a host says', () => {
		const problem = {message: 'no\u001b]0;title\u0007 way', hint: '', exitCode: 4};
		const report = {host: demoHost, gpus: [], jobs: [], problem};
		const state = apply(filled(), {type: 'host-answered', report, at: noon});
		expect(screenOf(state)).toContain('✖ no way');
	});

	it('counts the runs that go', () => {
		expect(screenOf(live()).split('\n')[0]).toMatch(/1 running $/);
	});
});

describe('detail of a run', () => {
	const bar = {
		label: 'sampling',
		percent: 46,
		done: 16,
		total: 35,
		secondsPerStep: 3.4,
		etaSeconds: 64,
	};
	const runId = 'run_000000000009';

	it('shows the log and the progress below it', () => {
		const window = {
			runId,
			epoch: 1,
			first: 0,
			lines: ['loading checkpoint'],
			pending: '',
			atStart: true,
			atEnd: true,
			size: 19,
			range: [0, 19] as const,
		};
		const state = apply(
			live(),
			{type: 'log-read', window},
			{type: 'motion', runId, bar, lastLine: ''},
		);
		const screen = screenOf(state);
		expect(screen).toContain('loading checkpoint');
		expect(screen).toMatch(/sampling {2}46% ━+╸?─+ {2}16\/35 {2}3.40 s\/step {2}eta 1:04/);
		expect(screen).toContain('following · 1 line');
		expect(screen).toMatch(/▶ prompt-1 +46% eta 1:04/);
	});

	it('shows a file on its way', () => {
		const run = {...runBase(9, {times: {}}), status: 'uploading'} as const;
		const progress = {direction: 'upload', file: 'color.mp4', done: 512, total: 2048} as const;
		const state = apply(
			live(),
			{type: 'runs-read', runs: [{run, shown: 'uploading'}], ownRuns: [runId], at: noon},
			{type: 'transfer', runId, progress},
		);
		expect(screenOf(state)).toMatch(/uploading color.mp4 {2}25% ━+╸?─+ {2}512 B of 2.0 KiB/);
	});

	it('begins with the reason and the remedy when it failed', () => {
		const screen = screenOf(commanded(filled(), 'to-runs', 'down'));
		expect(screen).toMatch(/✖ the safety filter \(guardrail\) blocked the input/);
		expect(screen).toContain('→ Reword the prompt, or use another input video.');
	});

	it('marks what is simulated', () => {
		expect(screenOf(commanded(filled(), 'to-runs'))).toContain('simulated');
	});

	it('lists outputs with sizes and hashes', () => {
		const screen = screenOf(commanded(filled(), 'to-runs', 'next-tab', 'next-tab'));
		expect(screen).toMatch(/output.mp4 +2.2 MiB {2}sha256 abababababab…/);
	});

	it('says the command line for what it shows', () => {
		const screen = screenOf(commanded(filled(), 'to-runs', 'previous-tab'));
		expect(screen).toContain('cosmos logs run_000000000001');
		expect(screen).toContain('cosmos inference ps_000000000001 --host demo');
	});
});

describe('launch form', () => {
	it('says beside the field why a value is wrong', () => {
		const state = type(commanded(filled(), 'launch'), '7');
		expect(screenOf(state)).toMatch(/> 3 vis +━+ 7 +✖ must be 0 to 1/);
	});

	it('says what each weight works on', () => {
		const screen = screenOf(commanded(filled(), 'launch'));
		expect(screen).toMatch(/depth +━+╸?─+ 0.25 +from depth.mp4/);
		expect(screen).toMatch(/seg +━+╸?─+ 0.25 +computed from the video/);
	});
});

describe('questions', () => {
	it('say what leaving means for a run', () => {
		const screen = screenOf(commanded(live(), 'quit'));
		expect(screen).toContain('If you leave it, it keeps running and reconnects next time.');
		expect(screen).toMatch(/s stop it and quit +l leave it and quit +esc stay/);
	});
});

it('names every key in the help', () => {
	const help = screenOf(commanded(filled({size: {columns: 120, rows: 400}}), 'help'));
	expect(help).toContain('launch the selected prompt');
	expect(help).toMatch(/ctrl-c +quit; twice/);
});
