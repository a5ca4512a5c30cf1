import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {slotsOf} from '../../../../source/domain/hosts/host.js';
import type {Owner} from '../../../../source/domain/types.js';
import type {Engine, Job} from '../../../../source/executor/engine/engine.js';
import {localProcessEngine} from '../../../../source/executor/engine/process/process-local.js';
import {localTransport} from '../../../../source/executor/transport/local.js';
import {isAlive, thisProcess} from '../../../../source/machine/process-identity.js';
import {labHost} from '../../../lab/host.js';
import {collector} from '../collector.js';
import {makeJob as makeJobIn, newRunId, startJob} from '../started-job.js';
import {processes} from './find-processes.js';

const supervisorFile = path.join(
	import.meta.dirname,
	'..',
	'..',
	'..',
	'..',
	'dist',
	'supervisor.js',
);
const host = labHost({gpus: [0]});

const sh = (script: string) => ['sh', '-c', script];
/** Prints `on`, then runs until it is signalled, then prints `off`. */
const patient = sh('echo on; until [ -e go ]; do sleep 0.02; done; echo off; exit 3');

describe.skipIf(process.platform !== 'linux')('a kept process', () => {
	let folder = '';
	let engine: Engine;
	let other: Engine;
	let count = 0;

	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-kept-'));
		engine = localProcessEngine(host, folder, localTransport(host.name));
		// A second engine object knows no more than another `cosmos` on this machine.
		other = localProcessEngine(host, folder, localTransport(host.name));
	});

	afterEach(async () => {
		// A supervisor needs a moment to exit after it has recorded the end of its job.
		await expect
			.poll(() => processes().filter(({command}) => command.includes(folder)))
			.toEqual([]);
		rmSync(folder, {recursive: true});
	});

	function makeJob(command: readonly string[], changes: Partial<Job> = {}): Job {
		return {
			runId: `run_k${count++}`,
			slot: 'gpu0',
			startedBy: 'ann@desk',
			workFolder: folder,
			runFolder: 'unused',
			command,
			env: {},
			timeLimit: 3600,
			...changes,
		};
	}

	const start = (job: Job, by = engine) => startJob(job, by);

	function attach(runId: string, offset: number, by = other) {
		const output = collector();
		const exit = by.attach(runId, offset, {onOutput: output.take});
		exit.catch(() => undefined);
		return {...output, exit};
	}

	const fileOf = (runId: string, name: string) => path.join(folder, 'cosmos-jobs', runId, name);

	/** The processes of a job, once both are on record. */
	async function processesOf(runId: string): Promise<{keeper: Owner; command: Owner}> {
		const read = () => JSON.parse(readFileSync(fileOf(runId, 'job.json'), 'utf8'));
		await expect.poll(read).toHaveProperty('command');
		return read();
	}

	const go = () => writeFileSync(path.join(folder, 'go'), '');

	test('that is removed leaves nothing of a cosmos that was killed while it started one', async () => {
		const job = makeJob(sh('true'));
		await start(job).exit;
		const owner = {...thisProcess(), startTime: '1'};
		const bid = {nonce: '0123456789abcdef', note: '', since: '', owner};
		for (const name of [
			'lane-gpu1.lock',
			`lane-gpu1.lock.${bid.nonce}`,
			`start.lock.${bid.nonce}`,
		]) {
			writeFileSync(path.join(folder, 'cosmos-jobs', name), JSON.stringify(bid));
		}

		await engine.remove(job.runId);
		expect(readdirSync(path.join(folder, 'cosmos-jobs'))).toEqual([]);
	});

	describe('attached to by another engine', () => {
		test('streams its output from a byte on, as it is written', async () => {
			const job = makeJob(patient);
			const started = start(job);
			await started.seen('on\n');
			const joined = attach(job.runId, 1);
			await joined.seen('n\n');
			go();
			expect(await joined.exit).toMatchObject({code: 3});
			expect(joined.text()).toBe('n\noff\n');
			await started.exit;
		});

		test('returns the rest if it ended long ago', async () => {
			const job = makeJob(sh('printf abcdef; exit 4'));
			await start(job).exit;
			const joined = attach(job.runId, 4);
			expect(await joined.exit).toEqual({code: 4, oomKilled: false, engineMessage: ''});
			expect(joined.text()).toBe('ef');
		});

		test('streams every byte of a large output', async () => {
			const job = makeJob(sh('i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done'));
			const started = start(job);
			await started.seen('line 9');
			const joined = attach(job.runId, 0);
			await Promise.all([started.exit, joined.exit]);
			const lines = Array.from({length: 20_000}, (_, line) => `line ${line}\n`).join('');
			expect(joined.text()).toBe(lines);
			expect(started.text()).toBe(lines);
		});

		test('is rejected if there is none', async () => {
			await expect(attach('run_none', 0).exit).rejects.toMatchObject({
				kind: 'host',
				message: 'there is no process for run_none here',
			});
		});
	});

	test('is found running, then exited with its code, then gone', async () => {
		const job = makeJob(patient);
		const started = start(job);
		await started.seen('on');
		expect(await other.find(job.runId)).toEqual({state: 'running'});
		go();
		await started.exit;
		expect(await other.find(job.runId)).toEqual({
			state: 'exited',
			exit: {code: 3, oomKilled: false, engineMessage: ''},
		});
		await other.remove(job.runId);
		expect(await other.find(job.runId)).toEqual({state: 'gone'});
		expect(readdirSync(path.join(folder, 'cosmos-jobs'))).toEqual([]);
	});

	test('is not removed while it is running', async () => {
		const job = makeJob(patient);
		const started = start(job);
		await started.seen('on');
		await other.remove(job.runId);
		go();
		expect(await started.exit).toMatchObject({code: 3});
	});

	test('is not run a second time', async () => {
		const job = makeJob(sh('echo once >>times'));
		await start(job).exit;
		await expect(start(job, other).exit).rejects.toThrow(`${job.runId} was already started`);
		expect(readFileSync(path.join(folder, 'times'), 'utf8')).toBe('once\n');
	});

	test('reports why its program could not be started', async () => {
		expect(await start(makeJob(['no-such-program'])).exit).toEqual({
			code: 127,
			oomKilled: false,
			engineMessage: 'no-such-program: not found',
		});
	});

	test('stores its secrets in no file', async () => {
		const job = makeJob(patient, {env: {HF_TOKEN: 'a-secret'}});
		const started = start(job);
		await started.seen('on');
		const names = readdirSync(fileOf(job.runId, ''), {recursive: true, withFileTypes: true});
		const files = names.filter(entry => entry.isFile());
		expect(files.length).toBeGreaterThan(1);
		for (const {parentPath, name} of files) {
			expect(readFileSync(path.join(parentPath, name), 'utf8')).not.toContain('a-secret');
		}

		go();
		await started.exit;
	});

	test('ends its background processes with it', async () => {
		const job = makeJob(sh('sleep 600 & echo $! >left'));
		await start(job).exit;
		const left = Number(readFileSync(path.join(folder, 'left'), 'utf8'));
		// It was killed; when the system is done with it is the system's matter.
		await expect
			.poll(() => processes().some(({pid, command}) => pid === left && command !== ''))
			.toBe(false);
	});

	describe('whose supervisor is gone or signalled', () => {
		test('is stopped if the supervisor gets TERM, and its end is recorded', async () => {
			const job = makeJob(
				sh('trap "echo bye; exit 7" TERM; echo on; while :; do sleep 0.02; done'),
			);
			const started = start(job);
			await started.seen('on');
			const {keeper} = await processesOf(job.runId);
			process.kill(keeper.pid, 'SIGTERM');
			expect(await started.exit).toMatchObject({code: 7});
			expect(started.text()).toContain('bye');
		});

		test('continues if the supervisor gets HUP', async () => {
			const job = makeJob(patient);
			const started = start(job);
			await started.seen('on');
			const {keeper} = await processesOf(job.runId);
			process.kill(keeper.pid, 'SIGHUP');
			go();
			expect(await started.exit).toMatchObject({code: 3});
		});

		test('counts as killed if the supervisor is killed, and does not keep running', async () => {
			const job = makeJob(patient);
			const started = start(job);
			await started.seen('on');
			const {keeper, command} = await processesOf(job.runId);
			process.kill(keeper.pid, 'SIGKILL');
			expect(await started.exit).toMatchObject({
				code: 137,
				engineMessage: 'the process that supervised the job was killed',
			});
			expect(isAlive(command)).toBe(false);
			expect(await other.find(job.runId)).toMatchObject({state: 'exited', exit: {code: 137}});
		});

		test('is stopped if its files are removed', async () => {
			const job = makeJob(patient);
			const started = start(job);
			await started.seen('on');
			const {command} = await processesOf(job.runId);
			rmSync(fileOf(job.runId, ''), {recursive: true, maxRetries: 9});
			await expect(started.exit).rejects.toMatchObject({kind: 'host'});
			await expect.poll(() => isAlive(command)).toBe(false);
		});
	});

	describe('whose starter dies before it passed the orders', () => {
		let keeper: ChildProcess;
		const runId = 'run_early';

		beforeEach(async () => {
			mkdirSync(fileOf(runId, ''), {recursive: true});
			keeper = spawn(
				process.execPath,
				[supervisorFile, fileOf(runId, ''), runId, 'gpu0', 'ann@desk'],
				{
					stdio: ['pipe', 'pipe', 'inherit'],
				},
			);
			await once(keeper.stdout as NonNullable<ChildProcess['stdout']>, 'data');
		});

		test('holds its slot as long as it may still get them', async () => {
			const job = makeJob(sh('true'));
			const waiting = start(job);
			await waiting.waits();
			expect(waiting.holders).toEqual([expect.stringMatching(/^run_early of ann@desk \(since /)]);
			keeper.stdin?.end();
			expect(await waiting.exit).toMatchObject({code: 0});
		});

		test('has not started, even if part of them arrived', async () => {
			keeper.stdin?.end(JSON.stringify({command: sh('touch begun'), cwd: folder}).slice(0, -1));
			expect(await engine.find(runId)).toEqual({state: 'gone'});
			expect(readdirSync(folder)).toEqual(['cosmos-jobs']);
		});

		test('can be started again', async () => {
			keeper.stdin?.end();
			await once(keeper, 'exit');
			expect(await start(makeJob(sh('exit 5'), {runId})).exit).toMatchObject({code: 5});
		});
	});
});

describe.skipIf(process.platform !== 'linux')('the GPUs of this machine', () => {
	let folder = '';

	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-claimed-'));
		mkdirSync(path.join(folder, 'locks'));
		process.env.COSMOS_LOCK_DIR = path.join(folder, 'locks');
	});

	afterEach(async () => {
		delete process.env.COSMOS_LOCK_DIR;
		await expect
			.poll(() => processes().filter(({command}) => command.includes(folder)))
			.toEqual([]);
		rmSync(folder, {recursive: true});
	});

	/** A job of a host folder of its own, as another user has. */
	function jobOf(user: string, gpus: readonly number[], command: readonly string[]) {
		const checkout = path.join(folder, user);
		mkdirSync(checkout, {recursive: true});
		const own = labHost({gpus, simulated: false});
		const slot = slotsOf(own)[0]?.lane as string;
		const job = makeJobIn(checkout, newRunId(), command, {slot, gpus, startedBy: `${user}@desk`});
		const engine = localProcessEngine(own, checkout, localTransport(own.name));
		return {...job, engine, started: () => startJob(job, engine)};
	}

	const leftovers = () =>
		readdirSync(path.join(folder, 'locks')).filter(name => name.includes('run_'));

	test.each([
		[[0], [0, 1]],
		[[], [1]],
	])('are given to one job at a time, of any host folder: %j and %j', async (ann, bob) => {
		const first = jobOf('ann', ann, patient);
		const one = first.started();
		await one.seen('on');
		const second = jobOf('bob', bob, sh('echo second'));
		const other = second.started();
		await other.waits();
		expect(other.holders[0]).toMatch(new RegExp(`^${first.runId} of ann@desk \\(since 2`));
		expect(other.text()).toBe('');
		writeFileSync(path.join(folder, 'ann', 'go'), '');
		expect(await one.exit).toMatchObject({code: 3});
		expect(await other.exit).toMatchObject({code: 0});
		await Promise.all([first, second].map(({engine, runId}) => engine.remove(runId)));
		expect(leftovers()).toEqual([]);
	});

	test('stay claimed as long as the command of a killed supervisor lives', async () => {
		const first = jobOf('ann', [0], patient);
		const one = first.started();
		await one.seen('on');
		const record = path.join(folder, 'ann', 'cosmos-jobs', first.runId, 'job.json');
		await expect.poll(() => JSON.parse(readFileSync(record, 'utf8'))).toHaveProperty('command');
		const {keeper, command} = JSON.parse(readFileSync(record, 'utf8'));
		const second = jobOf('bob', [0], sh(`[ ! -e /proc/${command.pid}/exe ]`));
		const other = second.started();
		await other.waits();
		process.kill(keeper.pid, 'SIGKILL');
		expect(await other.exit).toMatchObject({code: 0});
		expect(await one.exit).toMatchObject({code: 137});
	});

	test('are not waited for by a job that was stopped', async () => {
		const first = jobOf('ann', [0], patient);
		const one = first.started();
		await one.seen('on');
		const second = jobOf('bob', [], sh('echo second'));
		const other = second.started();
		await other.waits();
		await second.engine.stop(second.runId, 0);
		await expect(other.exit).rejects.toMatchObject({kind: 'cancelled'});
		writeFileSync(path.join(folder, 'ann', 'go'), '');
		await one.exit;
	});

	test('cannot be claimed with a spoilt lock, which is named', async () => {
		mkdirSync(path.join(folder, 'locks', 'cosmos-gpus.lock'));
		await expect(jobOf('ann', [0], patient).started().exit).rejects.toMatchObject({
			code: 'gpu-lock-unusable',
			message: expect.stringContaining('cosmos-gpus.lock'),
		});
	});
});
