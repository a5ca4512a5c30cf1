import {readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {CosmosError} from '../../../../source/domain/errors.js';
import {bound} from '../../../bound.js';
import {available} from '../../../lab/available.js';
import {collector} from '../collector.js';
import {processes} from '../process/find-processes.js';
import type {StartedJob} from '../started-job.js';
import {type Bench, openBench} from './docker-bench.js';

const sh = (script: string) => ['sh', '-c', script];
/** Says that it works, and goes on until a file of this name is in the checkout. */
const untilFile = (name: string) =>
	sh(`echo on; until [ -e ${name} ]; do sleep 0.1; done; echo off`);
const stubborn = sh('trap "echo no" TERM; echo on; while :; do sleep 0.1; done');

describe.skipIf(!available('docker'))('lanes and ends of containers', () => {
	let bench: Bench;
	/** Takes its time, so it runs beside the others. */
	let limited: StartedJob;

	beforeAll(async () => {
		bench = await openBench();
		limited = bench.start(bench.job(stubborn, {timeLimit: 1}));
	});

	afterAll(async () => bench.close());

	const isThere = (runId: string) => bench.lab.containers().includes(`cosmos-${runId}`);

	test('two jobs on one slot never overlap', async () => {
		const script = sh('mkdir busy && echo alone; sleep 0.3; rmdir busy');
		const jobs = [1, 2, 3].map(() => bench.start(bench.job(script, {slot: 'gpu0'})));
		const exits = await Promise.all(jobs.map(job => job.exit));
		expect(exits.map(exit => exit.code)).toEqual([0, 0, 0]);
		expect(jobs.map(job => job.text())).toEqual(['alone\n', 'alone\n', 'alone\n']);
	});

	test('a job that waits says for whom and since when', async () => {
		const first = bench.job(untilFile('go-wait'), {slot: 'gpu1'});
		const running = bench.start(first);
		await running.seen('on');
		const waiting = bench.start(bench.job(sh('true'), {slot: 'gpu1'}));
		await waiting.waits();
		await bench.engine.stop(first.runId, 0);
		await Promise.all([running.exit, waiting.exit]);
		expect(waiting.holders).toEqual([
			expect.stringMatching(new RegExp(`^${first.runId} of ann@desk \\(up .*\\)$`)),
		]);
	});

	test('a container whose client was killed keeps its slot, log and exit code', async () => {
		const job = bench.job(untilFile('go-client'), {slot: 'gpu2'});
		const first = bench.start(job);
		await first.seen('on');
		for (const {pid} of processes().filter(({command}) => isClientOf(command, job.runId))) {
			process.kill(pid, 'SIGKILL');
		}

		const second = bench.start(bench.job(sh('echo second'), {slot: 'gpu2'}));
		await second.waits();
		writeFileSync(path.join(bench.checkout, 'go-client'), '');
		expect(await first.exit).toMatchObject({code: 0});
		expect(first.text()).toBe('on\noff\n');
		expect(await second.exit).toMatchObject({code: 0});
	});

	test('jobs on different slots run at the same time', async () => {
		const one = bench.start(bench.job(sh('touch one; until [ -e two ]; do sleep 0.1; done')));
		const two = bench.start(bench.job(sh('touch two; until [ -e one ]; do sleep 0.1; done')));
		expect(await Promise.all([one.exit, two.exit])).toMatchObject([{code: 0}, {code: 0}]);
	});

	test('a stop lets the command end by itself', async () => {
		const job = bench.job(sh('trap "echo bye; exit 7" TERM; echo on; while :; do sleep 0.1; done'));
		const started = bench.start(job);
		await started.seen('on');
		expect(await bench.engine.stop(job.runId, 30)).toBe(true);
		expect(await started.exit).toMatchObject({code: 7});
		expect(started.text()).toBe('on\nbye\n');
	});

	test('a stop kills a command that ignores TERM', async () => {
		const job = bench.job(stubborn);
		const started = bench.start(job);
		await started.seen('on');
		expect(await bench.engine.stop(job.runId, 1)).toBe(true);
		expect(await started.exit).toMatchObject({code: 137, oomKilled: false});
		expect(started.text()).toMatch(/^on\nno\n/);
	});

	test('stopping a job that waits for its slot leaves no trace of it', async () => {
		const holder = bench.job(untilFile('go-trace'), {slot: 'gpu3'});
		const holding = bench.start(holder);
		await holding.seen('on');
		const job = bench.job(sh('true'), {slot: 'gpu3'});
		const waiting = bench.start(job);
		await waiting.waits();
		expect(await bench.engine.find(job.runId)).toEqual({state: 'waiting'});
		expect(await bench.engine.stop(job.runId, 0)).toBe(true);
		await expect(waiting.exit).rejects.toMatchObject({kind: 'cancelled'});
		expect(isThere(job.runId)).toBe(false);
		expect(traces(job)).toEqual([]);
		await bench.engine.stop(holder.runId, 0);
		await holding.exit;
		expect(await bench.engine.find(job.runId)).toEqual({state: 'unstarted'});
	});

	test('a second start of a waiting job replaces the first', async () => {
		const holder = bench.job(untilFile('go-place'), {slot: 'gpu4'});
		const holding = bench.start(holder);
		await holding.seen('on');
		const job = bench.job(sh('echo once >>count; cat count'), {slot: 'gpu4'});
		const first = bench.start(job);
		await first.waits();
		const second = bench.start(job, bench.engineFor({}));
		await expect(first.exit).rejects.toMatchObject({kind: 'cancelled'});
		await second.waits();
		await bench.engine.stop(holder.runId, 0);
		expect(await second.exit).toMatchObject({code: 0});
		expect(second.text()).toBe('once\n');
	});

	/** Starts a job before its turn; resolves when it waits for that on the host. */
	async function prepare(slot: string) {
		const job = bench.job(sh('echo ran'), {slot});
		let takeTurn = () => {};
		let refuse: (error: Error) => void = () => {};
		const turn = new Promise<void>((resolve, reject) => {
			[takeTurn, refuse] = [resolve, reject];
		});
		const output = collector();
		const exit = bench.engine.run(job, {onOutput: output.take, turn});
		exit.catch(() => undefined);
		await expect
			.poll(() => bench.engine.find(job.runId), {timeout: bound})
			.toEqual({state: 'waiting'});
		return {...job, takeTurn, refuse, exit, text: output.text};
	}

	const traces = ({runId}: {runId: string}) =>
		readdirSync(bench.lab.lockDir).filter(name => name.includes(runId));

	test('a job that waits for its turn claims no GPU, and starts then', async () => {
		const job = await prepare('gpu6');
		const other = bench.start(bench.job(sh('echo other'), {slot: 'gpu6'}));
		expect(await other.exit).toMatchObject({code: 0});
		expect(isThere(job.runId)).toBe(false);
		job.takeTurn();
		expect(await job.exit).toMatchObject({code: 0});
		expect(job.text()).toBe('ran\n');
	});

	test('a job whose turn does not come leaves no trace and never starts', async () => {
		const job = await prepare('gpu6');
		job.refuse(new CosmosError('cancelled', 'given up'));
		await expect(job.exit).rejects.toMatchObject({kind: 'cancelled', message: 'given up'});
		expect(traces(job)).toEqual([]);
		expect(isThere(job.runId)).toBe(false);
	});

	test('a stop ends a job that waits for its turn, and a turn that comes later starts nothing', async () => {
		const job = await prepare('gpu6');
		expect(await bench.engine.stop(job.runId, 0)).toBe(true);
		job.takeTurn();
		await expect(job.exit).rejects.toMatchObject({kind: 'cancelled'});
		expect(traces(job)).toEqual([]);
		expect(await bench.engine.find(job.runId)).toEqual({state: 'unstarted'});
	});

	test('a job that is stopped at the moment of its start does not run', async () => {
		const job = bench.job(sh('echo on; sleep 600'));
		const started = bench.start(job);
		await bench.engine.stop(job.runId, 0);
		const end = await started.exit.catch((error: unknown) => error);
		expect(end).toMatchObject({kind: 'cancelled'});
		expect(isThere(job.runId)).toBe(false);
	});

	test('a stop from a connection of its own ends a job that is about to start', async () => {
		const job = bench.job(sh('echo on; sleep 600'));
		const started = bench.start(job);
		const other = bench.engineFor({});
		while (!(await other.stop(job.runId, 0)));
		await started.exit.catch(() => undefined);
		expect(await other.find(job.runId)).not.toEqual({state: 'running'});
	});

	test('stopping a missing job reports that', async () => {
		expect(await bench.engine.stop('run_none', 1)).toBe(false);
	});

	test('a job can be found, attached to at a byte, and found exited', async () => {
		const job = bench.job(untilFile('go-attach'));
		const started = bench.start(job);
		await started.seen('on');
		expect(await bench.engine.find(job.runId)).toEqual({state: 'running'});
		let rest = '';
		const other = bench.engineFor({});
		const attached = other.attach(job.runId, 1, {
			onOutput(chunk) {
				rest += chunk.toString();
			},
		});
		writeFileSync(path.join(bench.checkout, 'go-attach'), '');
		const exit = {code: 0, oomKilled: false, engineMessage: ''};
		expect(await attached).toEqual(exit);
		expect(rest).toBe('n\noff\n');
		await started.exit;
		expect(await other.find(job.runId)).toEqual({state: 'exited'});
	});

	test('attaching to a job that the host does not know is an error', async () => {
		await expect(bench.engine.attach('run_none', 0, {onOutput() {}})).rejects.toThrow(
			'lab has no container of run_none',
		);
	});

	test('the running jobs are listed, and nothing else', async () => {
		bench.lab.run(
			'run',
			'-d',
			'--name',
			'foreign',
			...bench.lab.bareArgs,
			bench.lab.image,
			'sleep',
			'600',
		);
		const job = bench.job(untilFile('go-list'), {slot: 'gpu5'});
		const started = bench.start(job);
		await started.seen('on');
		// The job with a time limit may be there too.
		const listed = (await bench.engine.list()).filter(({lane}) => !lane.startsWith('run_'));
		expect(listed).toEqual([
			{runId: job.runId, lane: 'gpu5', startedBy: 'ann@desk', state: expect.stringMatching(/^Up /)},
		]);
		await bench.engine.stop(job.runId, 0);
		await started.exit;
		await bench.engine.remove(job.runId);
		expect(bench.lab.run('inspect', '-f', '{{.State.Running}}', 'foreign')).toBe('true\n');
	});

	test('the time limit kills a command that ignores TERM, and is still reported as 124', async () => {
		expect(await limited.exit).toMatchObject({code: 124});
	});
});

/** The `docker run` in the foreground. */
function isClientOf(command: string, runId: string): boolean {
	return / run --name /.test(command) && command.includes(`cosmos-${runId} `);
}
