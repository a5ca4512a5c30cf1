import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Engine, Job} from '../../../source/executor/engine/engine.js';
import {localProcessEngine} from '../../../source/executor/engine/process/process-local.js';
import {remoteProcessEngine} from '../../../source/executor/engine/process/process-remote.js';
import {slurmEngine} from '../../../source/executor/engine/slurm/slurm.js';
import {localTransport} from '../../../source/executor/transport/local.js';
import {available} from '../../lab/available.js';
import {labHost} from '../../lab/host.js';
import {type SlurmLab, startSlurm} from '../../lab/slurm.js';
import {type Bench, openBench} from './docker/docker-bench.js';
import {makeJob, startJob} from './started-job.js';

/**
 * The record of an exit status may be lost: a full disk empties it, cuts it off, or keeps it from being
 * written. Whatever is found instead, a job that failed is never reported as a success.
 */

const sh = (script: string) => ['sh', '-c', script];

/** What a full disk, or somebody's editor, leaves in the place of a record. */
const spoilt = [
	'',
	'\n',
	' ',
	'-',
	'0x0',
	'0.0',
	'0zero',
	'\0\0\0\0',
	'-0',
	'99999999999999999999',
];

/** What keeps a record from being read, whoever asks. */
const unreadable: ReadonlyArray<[string, (record: string) => void]> = [
	['a folder', record => mkdirSync(record)],
	['a link to nothing', record => symlinkSync('nowhere', record)],
	['gone', () => undefined],
];

const outcome = async (engine: Engine, job: Job) => {
	const {code, failure} = await engine.attach(job.runId, 0, {onOutput: () => undefined});
	return {succeeded: code === 0, reason: failure?.reason};
};

const failed = {succeeded: false, reason: 'container-lost'};

describe.skipIf(process.platform !== 'linux')('the exit record of a process over SSH', () => {
	let folder = '';
	let engine: Engine;
	let count = 0;
	beforeAll(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-exit-'));
		mkdirSync(path.join(folder, 'locks'));
		process.env.COSMOS_LOCK_DIR = path.join(folder, 'locks');
		engine = remoteProcessEngine(labHost({gpus: []}), folder, localTransport('lab'));
	});
	afterAll(() => {
		delete process.env.COSMOS_LOCK_DIR;
		rmSync(folder, {recursive: true});
	});
	const newJob = (script: string) => makeJob(folder, `run_x${count++}`, sh(script));
	const recordOf = ({runId}: Job) => path.join(folder, 'locks', `cosmos-${runId}.exited`);

	test('is the status of the job', async () => {
		const job = newJob('exit 3');
		expect(await startJob(job, engine).exit).toMatchObject({code: 3});
		expect(await outcome(engine, job)).toEqual({succeeded: false, reason: undefined});
	});

	test.each(spoilt)('is not a success if it is %j', async text => {
		const job = newJob('exit 3');
		await startJob(job, engine).exit;
		writeFileSync(recordOf(job), text);
		expect(await outcome(engine, job)).toEqual(failed);
	});

	test.each(unreadable)('is not a success if it cannot be read: it is %s', async (what, put) => {
		const job = newJob('exit 3');
		await startJob(job, engine).exit;
		rmSync(recordOf(job));
		put(recordOf(job));
		// Where nothing is left of it, the host says so.
		const missing = {code: 'container-missing'};
		const found = await outcome(engine, job).catch((error: unknown) => error);
		expect(found).toMatchObject(what === 'a folder' ? failed : missing);
	});

	test('keeps the observed status if a full disk prevents the record', async () => {
		const job = newJob('');
		job.command = sh(`ln -s /dev/full ${recordOf(job)}.new; exit 3`);
		expect((await startJob(job, engine).exit).code).toBe(3);
	});

	test('is not a success if a full disk prevents the record, even of a successful job', async () => {
		const job = newJob('');
		job.command = sh(`ln -s /dev/full ${recordOf(job)}.new`);
		expect((await startJob(job, engine).exit).code).not.toBe(0);
	});
});

describe.skipIf(process.platform !== 'linux')('the record of a process on this machine', () => {
	let folder = '';
	beforeAll(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-exit-'));
	});
	afterAll(() => rmSync(folder, {recursive: true}));

	test.each(['', '{', '{"begun":true}', '{"exit":{"code":""}}'])(
		'is not a success if it is %j',
		async text => {
			const engine = localProcessEngine(labHost({gpus: []}), folder, localTransport('here'));
			const job = makeJob(folder, `run_l${text.length}`, sh('exit 3'));
			await startJob(job, engine).exit;
			writeFileSync(path.join(folder, 'cosmos-jobs', job.runId, 'job.json'), text);
			await expect(outcome(engine, job)).rejects.toThrow('there is no process');
		},
	);
});

describe.skipIf(process.platform !== 'linux')('the record of a process here', () => {
	test.each(unreadable)('is not a success if it cannot be read: it is %s', async (what, put) => {
		const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-exit-'));
		const engine = localProcessEngine(labHost({gpus: []}), folder, localTransport('here'));
		const job = makeJob(folder, `run_u${what.length}`, sh('exit 3'));
		await startJob(job, engine).exit;
		const record = path.join(folder, 'cosmos-jobs', job.runId, 'job.json');
		rmSync(record);
		put(record);
		await expect(outcome(engine, job)).rejects.toThrow();
		rmSync(folder, {recursive: true});
	});
});

describe.skipIf(!available('docker'))('the exit code of a container', () => {
	let bench: Bench;
	beforeAll(async () => {
		bench = await openBench();
	});
	afterAll(async () => bench.close());

	test('overrides a client that reports 0', async () => {
		const liar = path.join(bench.checkout, 'liar');
		const real = bench.lab.docker.map(word => `'${word}'`).join(' ');
		writeFileSync(
			liar,
			`#!/bin/sh\n${real} "$@"\ncode=$?\n[ "$1" != run ] || exit 0\nexit $code\n`,
		);
		chmodSync(liar, 0o755);
		const engine = bench.engineFor({docker: [liar]});
		const exit = await bench.start(bench.job(sh('exit 3')), engine).exit;
		expect(exit.code).toBe(3);
	});
});

describe.skipIf(!available('slurm'))(
	'the exit record of a job of Slurm',
	{concurrent: true},
	() => {
		let lab: SlurmLab;
		let folder = '';
		let count = 0;
		let engine: Engine;
		beforeAll(async () => {
			lab = await startSlurm();
			process.env.SLURM_CONF = lab.env.SLURM_CONF;
			folder = mkdtempSync(path.join(tmpdir(), 'cosmos-exit-'));
			const engineSettings = {
				options: [],
				container: 'none',
				containerArgs: [],
				mounts: [],
				width: 1,
			} as const;
			const host = labHost({
				name: 'hpc',
				engine: 'slurm',
				remoteDir: folder,
				gpus: [],
				engineSettings,
			});
			engine = slurmEngine(host, folder, localTransport(host.name));
		});
		afterAll(async () => {
			delete process.env.SLURM_CONF;
			await lab?.stop();
			rmSync(folder, {recursive: true, force: true});
		});
		const newJob = (script: string) => makeJob(folder, `run_e${count++}`, sh(script));
		const recordOf = ({runFolder}: Job) => path.join(folder, runFolder, 'exit');
		/** As a disk that the job has filled: the room that was taken ahead is gone too. */
		const full = (job: Job, code: number) => {
			job.command = sh(`ln -sf /dev/full ${recordOf(job)}.new; exit ${code}`);
			return job;
		};

		test("uses Slurm's status if a full disk prevents the record", async () => {
			const exit = await startJob(full(newJob(''), 3), engine).exit;
			expect(exit).toMatchObject({code: 3, failure: {message: 'the program exited with code 3'}});
		});

		test("uses Slurm's success if a full disk prevents the record", async () => {
			expect(await startJob(full(newJob(''), 0), engine).exit).toMatchObject({code: 0});
		});

		test.each(spoilt)("is replaced by Slurm's status if it is %j", async text => {
			const job = newJob('exit 3');
			await startJob(job, engine).exit;
			writeFileSync(recordOf(job), text);
			expect(await outcome(engine, job)).toEqual({succeeded: false, reason: 'program-error'});
		});

		test.each(unreadable)(
			"is replaced by Slurm's status if it cannot be read: it is %s",
			async (_what, put) => {
				const job = newJob('exit 3');
				await startJob(job, engine).exit;
				rmSync(recordOf(job));
				put(recordOf(job));
				expect(await outcome(engine, job)).toMatchObject({succeeded: false});
			},
		);

		test('is not a success if it says 0 and Slurm says FAILED, and both are reported', async () => {
			const job = newJob('exit 3');
			await startJob(job, engine).exit;
			const [, ...rest] = readFileSync(recordOf(job), 'utf8').split(' ');
			writeFileSync(recordOf(job), ['0', ...rest].join(' '));
			const exit = await engine.attach(job.runId, 0, {onOutput: () => undefined});
			expect(exit).toMatchObject({
				code: 3,
				failure: {
					message: expect.stringMatching(/reported exit code 0, but Slurm says FAILED 3:0/),
				},
			});
		});
	},
);
