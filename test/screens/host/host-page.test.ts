import {describe, expect, it} from 'vitest';
import {addSample, sparkline} from '../../../source/screens/host/gpu-use.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import type {HostReport} from '../../../source/workflow/workflow-types.js';
import {
	apply,
	commanded,
	commandFor,
	demoHost,
	effectOf,
	filled,
	gpuHost,
	gpuReport,
	noon,
	start,
} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

const looked = (report: HostReport, at = noon) => ({type: 'host-looked', report, at}) as const;

/** The page of the GPU host, which the second key reaches. */
const page = commanded(start(), 'host', 'host-next');
const answered = apply(page, looked(gpuReport()));

const silent: HostReport = {
	host: gpuHost,
	gpus: [],
	jobs: [],
	silent: true,
	problem: {message: 'gpu-box refused the connection', hint: 'Does sshd run?', exitCode: 4},
};

it('begins with the host of the host line and goes round all of them', () => {
	expect(screenOf(commanded(start(), 'host'))).toContain('Host demo  1 of 2');
	expect(screenOf(page)).toContain('Host h100  2 of 2');
	expect(screenOf(commanded(page, 'host-next'))).toContain('Host demo  1 of 2');
});

it('shows connection, engine, image, disk, GPUs and who computes there', () => {
	const screen = screenOf(answered);
	expect(screen).toContain('● ready  ssh gpu-box, since 11:59, answers in 23 ms');
	expect(screen).toContain('Docker 28.2.2');
	expect(screen).toMatch(/cosmos-transfer1 {2}made 2026-11-12, 12 d ago/);
	expect(screen).toContain('800 GiB free');
	expect(screen).toMatch(/GPU 0 +H100 80GB HBM3 .* 41\/80 GB +64°C +410\/700 W/);
	expect(screen).toMatch(/62% +·+▅/);
	expect(screen).toMatch(/run_000000000001 +gpu0 +ada@home +Up 4 minutes/);
	expect(screen).toMatch(/GPU 0 +grace +4242 +23\.0 GiB +\/usr\/bin\/python3/);
});

it('accepts the unknown key of a host after its fingerprint was shown and confirmed', () => {
	const fingerprint = `SHA256:${'k'.repeat(43)}`;
	const unknown = apply(
		page,
		looked({...silent, problem: {message: 'unknown key', hint: '', exitCode: 4, fingerprint}}),
	);
	expect(commandFor(unknown, 'A')).toBe('accept-key');
	const asked = commanded(unknown, 'accept-key');
	expect(screenOf(asked)).toContain(fingerprint);
	expect(effectOf(unknown, 'accept-key')).toBeUndefined();
	const accepted = {kind: 'accept-host-key', host: 'h100', fingerprint};
	expect(effectOf(asked, 'confirm-yes')).toEqual(accepted);
	expect(effectOf(asked, 'confirm-no')).toBeUndefined();
	expect(screenOf(commanded(asked, 'confirm-no'))).toContain('Host h100');
	// For any other problem there is nothing to accept.
	expect(effectOf(commanded(apply(page, looked(silent)), 'accept-key'), 'confirm-yes')).toBe(
		undefined,
	);
});

it('says that the demo host needs no GPU', () => {
	const report = {host: demoHost, gpus: [], jobs: []};
	expect(screenOf(apply(commanded(start(), 'host'), looked(report)))).toContain(
		'none needed: the simulator',
	);
});

it('says why and since when a host is silent, and keeps what it said before', () => {
	const screen = screenOf(
		apply(answered, looked(silent, noon + 120_000), looked(silent, noon + 240_000)),
	);
	expect(screen).toContain('✖ no answer since 12:02');
	expect(screen).toContain('gpu-box refused the connection');
	expect(screen).toContain('→ Does sshd run?');
	expect(screen).toContain('the last answer, from 12:00');
	expect(screen).toContain('H100 80GB HBM3');
	expect(screenOf(apply(page, looked(silent)))).toContain('→ Does sshd run?');
});

it('tells a problem of a host that answers beside what works', () => {
	const problem = {message: 'no image cosmos-transfer1', hint: 'Build it there.', exitCode: 5};
	const screen = screenOf(apply(page, looked(gpuReport(1, {problem, engine: undefined}))));
	expect(screen).toContain('● connected');
	expect(screen).toContain('no job can run: no image cosmos-transfer1');
	expect(screen).toContain('H100 80GB HBM3');
});

describe('the host line', () => {
	const head = (state: DashboardState) => screenOf(state).split('\n')[0];

	it('has the use of the last minutes once there is more than one answer', () => {
		const once = apply(filled(), {type: 'host-answered', report: gpuReport(), at: noon - 20_000});
		expect(head(once)).not.toContain('▅');
		const twice = apply(once, looked(gpuReport()));
		expect(head(twice)).toMatch(/H100 80GB HBM3 +▅▅ +62%/);
		expect(head({...twice, size: {columns: 80, rows: 24}})).not.toContain('▅');
	});

	it('stays with its host while the page shows another', () => {
		expect(head(answered)).toContain('demo');
	});
});

describe('a sparkline', () => {
	const use = (...values: ReadonlyArray<readonly [secondsAgo: number, percent: number]>) =>
		values.map(([ago, percent]) => ({at: noon - ago * 1000, use: {0: percent}}));

	it('has eight levels, and blanks where nobody asked', () => {
		expect(sparkline(use([170, 0], [110, 50], [50, 100], [0, 12]), 0, 6)).toBe('▁ ▅ █▁');
		expect(sparkline([], 0, 3)).toBe('   ');
	});

	it('takes the mean of a column, and goes on for a moment when an answer is late', () => {
		expect(sparkline(use([1, 100], [0, 0]), 0, 6)).toBe('     ▅');
		expect(sparkline(use([8, 100], [0, 100]), 0, 45).trim()).toBe('███');
	});

	it('forgets what is older than its minutes', () => {
		const samples = addSample(use([500, 1], [10, 2]), gpuReport().gpus, noon);
		expect(samples.map(({use: of}) => of[0])).toEqual([2, 62]);
	});
});
