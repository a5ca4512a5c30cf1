import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Host} from '../../../../source/domain/hosts/host.js';
import type {Engine, Job} from '../../../../source/executor/engine/engine.js';
import {localProcessEngine} from '../../../../source/executor/engine/process/process-local.js';
import {remoteProcessEngine} from '../../../../source/executor/engine/process/process-remote.js';
import {localTransport} from '../../../../source/executor/transport/local.js';
import {labHost} from '../../../lab/host.js';
import {makeJob, newRunId, startJob} from '../started-job.js';
import {processes} from './find-processes.js';

const sh = (script: string) => ['sh', '-c', script];
const untilFile = (name: string) =>
	sh(`echo on; until [ -e ${name} ]; do sleep 0.05; done; echo off`);
const stubborn = sh('trap "echo no" TERM; echo on; while :; do sleep 0.05; done');

const textOf = (...words: string[]) => readFileSync(path.join(...words), 'utf8');

/** How an engine is made, and which process keeps a job of it. */
const kinds = [
	[
		'this machine',
		(host: Host, folder: string) => localProcessEngine(host, folder, localTransport(host.name)),
		(folder: string, runId: string) =>
			JSON.parse(textOf(folder, 'cosmos-jobs', runId, 'job.json')).keeper.pid,
	],
	[
		'a host by its shell',
		(host: Host, folder: string) => remoteProcessEngine(host, folder, localTransport(host.name)),
		(folder: string, runId: string) =>
			Number.parseInt(textOf(folder, 'locks', `cosmos-${runId}.running`), 10),
	],
] as const;

describe.skipIf(process.platform !== 'linux').each(kinds)(
	'a process on %s',
	(_name, create, supervisorOf) => {
		let folder = '';
		let engine: Engine;
		let other: Engine;
		const host = labHost({gpus: [0, 2]});

		beforeAll(() => {
			folder = mkdtempSync(path.join(tmpdir(), 'cosmos-process-'));
			mkdirSync(path.join(folder, 'locks'));
			process.env.COSMOS_LOCK_DIR = path.join(folder, 'locks');
			engine = create(host, folder);
			// A second engine object stands for another `cosmos` on the same host.
			other = create(host, folder);
		});

		afterAll(() => {
			delete process.env.COSMOS_LOCK_DIR;
			rmSync(folder, {recursive: true});
		});

		const newJob = (command: readonly string[], changes: Partial<Job> = {}) =>
			makeJob(folder, newRunId(), command, changes);
		const start = (job: Job, by = engine) => startJob(job, by);
		const touch = (file: string) => writeFileSync(path.join(folder, file), '');

		test('its output is seen while it runs', async () => {
			const job = start(newJob(untilFile('go')));
			await job.seen('on\n');
			expect(job.text()).toBe('on\n');
			touch('go');
			await job.exit;
			expect(job.text()).toBe('on\noff\n');
		});

		test.each([0, 3, 126, 127])('its code %i is the exit code', async code => {
			const exit = await start(newJob(sh(`exit ${code}`))).exit;
			expect(exit).toEqual({code, oomKilled: false, engineMessage: ''});
		});

		test('a program that does not exist ends with 127', async () => {
			expect(await start(newJob(['no-such-program'])).exit).toMatchObject({code: 127});
		});

		test('a command killed by SIGKILL ends with 137', async () => {
			expect(await start(newJob(sh('kill -9 $$'))).exit).toMatchObject({code: 137});
		});

		test('it ends with its supervisor, and the next one on its slot waits for that', async () => {
			const slot = 'kept';
			const job = newJob(sh('echo $$ >pid-kept; echo on; while :; do sleep 0.05; done'), {slot});
			const first = start(job);
			await first.seen('on');
			process.kill(supervisorOf(folder, job.runId), 'SIGKILL');
			const pid = () => textOf(folder, 'pid-kept').trim();
			// Of one that is dead, but not yet waited for, no words are left.
			const look = `[ -z "$(tr -d '\\0' 2>/dev/null </proc/${pid()}/cmdline)" ]`;
			const second = start(newJob(sh(look), {slot}), other);
			expect(await second.exit).toMatchObject({code: 0});
			expect(await first.exit).toMatchObject({code: 137});
			expect(first.text()).toMatch(/^on\n/);
			expect(await engine.find(job.runId)).toMatchObject({state: 'exited'});
		});

		test('both streams arrive in the order of writing', async () => {
			const script = 'i=0; while [ $i -lt 500 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done';
			const job = start(newJob(sh(script)));
			await job.exit;
			const lines = Array.from({length: 500}, (_, i) => `out ${i}\nerr ${i}\n`);
			expect(job.text()).toBe(lines.join(''));
		});

		test('arguments are passed unchanged', async () => {
			const words = [
				'',
				' two  spaces ',
				`a 'b' "c"`,
				'$(id) `id` $HOME',
				'x\ny\n',
				'🚗é',
				'-e',
				'\\n!',
			];
			const job = start(newJob(['sh', '-c', `printf '<%s>' "$@"`, 'sh', ...words]));
			await job.exit;
			expect(job.text()).toBe(words.map(word => `<${word}>`).join(''));
		});

		test('it works in the checkout with its GPUs and the given environment', async () => {
			const env = {HF_TOKEN: `'"$x\ntwo lines`};
			const script = 'pwd; echo "$PYTHONPATH $CUDA_VISIBLE_DEVICES"; echo "$HF_TOKEN"';
			const job = start(newJob(sh(script), {env}));
			await job.exit;
			expect(job.text()).toBe(`${folder}\n${folder} 0,2\n${env.HF_TOKEN}\n`);
		});

		test("the host's prefix comes before the command", async () => {
			const prefixed = create({...host, prefix: ['echo', 'first']}, folder);
			const job = start(newJob(['second', 'third']), prefixed);
			await job.exit;
			expect(job.text()).toBe('first second third\n');
		});

		test('the time limit ends it with 124', async () => {
			expect(await start(newJob(sh('sleep 600'), {timeLimit: 1})).exit).toMatchObject({code: 124});
		});

		test('jobs of two engines on one slot never overlap', async () => {
			const script = sh('mkdir busy && echo alone; sleep 0.2; rmdir busy');
			const jobs = [engine, other, engine, other].map(by => start(newJob(script, {slot: 'a'}), by));
			await Promise.all(jobs.map(job => job.exit));
			expect(jobs.map(job => job.text())).toEqual(Array(4).fill('alone\n'));
		});

		test('a job that waits says for whom', async () => {
			const first = newJob(untilFile('go-wait'), {slot: 'b'});
			const running = start(first);
			await running.seen('on');
			const waiting = start(newJob(sh('true'), {slot: 'b'}), other);
			await waiting.waits();
			touch('go-wait');
			await Promise.all([running.exit, waiting.exit]);
			expect(waiting.holders).toEqual([
				expect.stringMatching(new RegExp(`^${first.runId} of ann@desk \\((?:for|since) .+\\)$`)),
			]);
		});

		test('a stop lets the command end by itself', async () => {
			const job = newJob(sh('trap "echo bye; exit 7" TERM; echo on; while :; do sleep 0.05; done'));
			const started = start(job);
			await started.seen('on');
			expect(await engine.stop(job.runId, 30)).toBe(true);
			expect(await started.exit).toMatchObject({code: 7});
			expect(started.text()).toMatch(/^on\n(?:.*\n)?bye\n$/);
		});

		test('a stop kills a command that ignores TERM', async () => {
			const job = newJob(stubborn);
			const started = start(job);
			await started.seen('on');
			expect(await engine.stop(job.runId, 1)).toBe(true);
			expect(await started.exit).toMatchObject({code: 137});
		});

		test('another engine can stop it', async () => {
			const job = newJob(sh('echo on; sleep 600'));
			const started = start(job);
			await started.seen('on');
			expect(await other.stop(job.runId, 5)).toBe(true);
			expect(await started.exit).toMatchObject({code: 143});
		});

		test('stopping a job that waits for its slot leaves no trace of it', async () => {
			const holder = newJob(untilFile('go-trace'), {slot: 'c'});
			const holding = start(holder);
			await holding.seen('on');
			const job = newJob(sh('touch traced'), {slot: 'c'});
			const waiting = start(job);
			await waiting.waits();
			expect(await engine.find(job.runId)).toEqual({state: 'waiting'});
			expect(await engine.stop(job.runId, 0)).toBe(true);
			await expect(waiting.exit).rejects.toMatchObject({kind: 'cancelled'});
			touch('go-trace');
			await holding.exit;
			expect(await engine.find(job.runId)).toEqual({state: 'gone'});
		});

		test('a job that is stopped at the moment of its start does not run', async () => {
			const job = newJob(sh('echo on; sleep 600'));
			const started = start(job);
			await engine.stop(job.runId, 0);
			await expect(started.exit).rejects.toMatchObject({kind: 'cancelled'});
		});

		test('stopping a missing job reports that', async () => {
			expect(await engine.stop('run_none', 1)).toBe(false);
		});

		test('the running jobs are listed', async () => {
			const job = newJob(untilFile('go-list'), {slot: 'd'});
			const started = start(job);
			await started.seen('on');
			expect(await other.list()).toEqual([
				{runId: job.runId, lane: 'd', startedBy: 'ann@desk', state: expect.stringMatching(/./)},
			]);
			touch('go-list');
			await started.exit;
			await engine.remove(job.runId);
			expect(await other.list()).toEqual([]);
		});

		test('nothing is left running', async () => {
			// A supervisor needs a moment to exit after it has recorded the end of its job.
			await expect
				.poll(() => processes().filter(({command}) => command.includes(folder)))
				.toEqual([]);
		});

		test('a missing folder is named', async () => {
			const missing = path.join(folder, 'none');
			await expect(create(host, missing).check()).rejects.toThrow(`here has no folder ${missing}`);
		});

		test('a missing program is named', async () => {
			const engine = create({...host, prefix: ['/opt/none/python']}, folder);
			await expect(engine.check()).rejects.toThrow('/opt/none/python');
		});
	},
);
