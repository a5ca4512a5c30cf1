import {existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {ConnectionLostError} from '../../../../source/domain/errors.js';
import type {Job} from '../../../../source/executor/engine/engine.js';
import {slurmEngine} from '../../../../source/executor/engine/slurm/slurm.js';
import type {SlurmSettings} from '../../../../source/executor/engine/slurm/slurm-settings.js';
import {localTransport} from '../../../../source/executor/transport/local.js';
import {shellsIn} from '../../../chaos/host-processes.js';
import {available} from '../../../lab/available.js';
import {labHost} from '../../../lab/host.js';
import {type SlurmLab, startSlurm} from '../../../lab/slurm.js';
import {collector} from '../collector.js';
import {makeJob, newRunId, startJob} from '../started-job.js';

const sh = (script: string) => ['sh', '-c', script];
const untilFile = (name: string) =>
	sh(`echo on; until [ -e ${name} ]; do sleep 0.05; done; echo off`);

describe.skipIf(!available('slurm'))('a job through Slurm', {concurrent: true}, () => {
	let lab: SlurmLab;
	let folder = '';

	beforeAll(async () => {
		lab = await startSlurm({nodes: ['n1', 'n2'], cpus: 4});
		process.env.SLURM_CONF = lab.env.SLURM_CONF;
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-slurm-work-'));
	});

	afterAll(async () => {
		delete process.env.SLURM_CONF;
		await lab?.stop();
		rmSync(folder, {recursive: true, force: true});
	});

	const engineWith = (change: Partial<SlurmSettings> = {}) => engineIn(folder, change);

	function engineIn(checkout: string, change: Partial<SlurmSettings> = {}) {
		const host = labHost({
			name: 'hpc',
			engine: 'slurm',
			remoteDir: checkout,
			engineSettings: {
				options: [],
				container: 'none',
				containerArgs: [],
				mounts: [],
				width: 1,
				...change,
			},
		});
		return slurmEngine(host, checkout, localTransport(host.name));
	}

	const newJob = (command: readonly string[], changes: Partial<Job> = {}) =>
		makeJob(folder, newRunId(), command, {slot: 'all', ...changes});
	const start = (job: Job, engine = engineWith()) => startJob(job, engine);
	const touch = (file: string) => writeFileSync(path.join(folder, file), '');
	const numberOf = (job: Job) =>
		lab.run('squeue', '-h', '-t', 'all', '-o', '%A', '-n', `cosmos-${job.runId}`).trim();

	test('its output is seen while it runs, to the last byte', async () => {
		const script = 'echo on; until [ -e go ]; do sleep 0.05; done; seq 300000; printf end';
		const job = start(newJob(sh(script)));
		await job.seen('on\n');
		expect(job.text()).toBe('on\n');
		touch('go');
		expect(await job.exit).toMatchObject({code: 0, oomKilled: false});
		const numbers = Array.from({length: 300_000}, (_, index) => index + 1);
		expect(job.text()).toBe(`on\n${numbers.join('\n')}\nend`);
	});

	test('it gets its arguments and environment unchanged, and no file keeps them', async () => {
		const words = [`a 'b' "c"`, '$(id) $HOME', 'x\ny', '🚗'];
		const made = newJob(['sh', '-c', `printf '<%s>' "$@"; printf %s "$HF_TOKEN"`, 'sh', ...words], {
			env: {HF_TOKEN: `'"$x\ntwo`},
		});
		const job = start(made);
		await job.exit;
		expect(job.text()).toBe(`${words.map(word => `<${word}>`).join('')}'"$x\ntwo`);
		expect(existsSync(path.join(folder, made.runFolder, 'env'))).toBe(false);
	});

	test('codes, signals, the limit, memory and a cancellation are distinguished, with the node', async () => {
		const long = 'echo on; exec sleep 600';
		const failing = start(newJob(sh('exit 3')), engineWith({options: ['-w', 'n2']}));
		const signalled = start(newJob(sh('kill -SEGV $$')));
		const killed = start(newJob(sh('kill -9 $$')));
		const late = start(newJob(sh(long), {timeLimit: 1}));
		const hungry = start(
			newJob([process.execPath, '-e', 'x = Buffer.alloc(4e8, 1); setInterval(() => x, 1e6)']),
			engineWith({memory: '150M'}),
		);
		const cancelled = newJob(sh(long));
		const toCancel = start(cancelled);
		await toCancel.seen('on');
		lab.run('scancel', numberOf(cancelled));
		expect(await failing.exit).toMatchObject({code: 3, node: 'n2'});
		expect(await signalled.exit).toMatchObject({code: 139, node: expect.any(String)});
		expect((await killed.exit).failure).toBeUndefined();
		expect(await late.exit).toMatchObject({code: 124});
		expect(await hungry.exit).toMatchObject({code: 137, failure: {reason: 'host-out-of-memory'}});
		expect(await toCancel.exit).toMatchObject({
			code: 143,
			failure: {reason: 'killed', message: expect.stringContaining('was cancelled with scancel')},
		});
		expect(toCancel.text()).toMatch(/^on\n(?:.*\n)*$/);
	});

	test('a waiting job says why, and is gone if it was stopped meanwhile', async () => {
		const engine = engineWith({options: ['--hold']});
		const job = newJob(sh('touch never'));
		const waiting = start(job, engine);
		await waiting.waits();
		expect(waiting.holders).toEqual([expect.stringMatching(/^Slurm \(JobHeldUser.*\)$/)]);
		expect(await engine.find(job.runId)).toEqual({state: 'waiting'});
		expect(await engine.list()).toContainEqual({
			runId: job.runId,
			lane: 'all',
			startedBy: 'ann@desk',
			state: expect.stringMatching(/^pending/),
		});
		expect(await engine.stop(job.runId, 1)).toBe(true);
		await expect(waiting.exit).rejects.toMatchObject({kind: 'cancelled'});
		expect(existsSync(path.join(folder, 'never'))).toBe(false);
	});

	test('it is started once, however often it is requested, and can be attached to at any byte', async () => {
		const job = newJob(sh('echo on; until [ -e go-once ]; do sleep 0.05; done; echo $$; echo off'));
		const first = start(job);
		await first.seen('on');
		const second = start(job);
		await second.seen('on');
		const rest = collector();
		const joined = engineWith().attach(job.runId, 1, {onOutput: rest.take});
		await rest.seen('n');
		expect(await engineWith().find(job.runId)).toEqual({state: 'running'});
		touch('go-once');
		await Promise.all([first.exit, second.exit, joined]);
		expect(second.text()).toBe(first.text());
		expect(rest.text()).toBe(first.text().slice(1));
		expect(await engineWith().find(job.runId)).toEqual({state: 'exited'});
	});

	test('a lost job id is found by the name', async () => {
		const job = newJob(untilFile('go-lost'));
		const started = start(job);
		await started.seen('on');
		rmSync(path.join(folder, job.runFolder, 'slurm.job'));
		const again = start(job);
		await again.seen('on');
		touch('go-lost');
		await Promise.all([started.exit, again.exit]);
		expect(numberOf(job)).toMatch(/^\d+$/);
	});

	test('a killed follower is replaced, and its leftovers are removed', async () => {
		const own = mkdtempSync(path.join(tmpdir(), 'cosmos-slurm-watch-'));
		const engine = engineIn(own);
		const job = makeJob(own, newRunId(), untilFile('go-watched'), {slot: 'all'});
		const started = start(job, engine);
		await started.seen('on');
		const [follower] = shellsIn(path.join(own, 'cosmos-runs'));
		const left = () => readdirSync(tmpdir()).filter(name => name.includes(`-${follower}-`));
		expect(left()).toEqual([expect.stringMatching(/^cosmos-watch-/)]);
		process.kill(follower as number, 'SIGKILL');
		await expect(started.exit).rejects.toThrow(ConnectionLostError);
		const rest = collector();
		const joined = engine.attach(job.runId, 3, {onOutput: rest.take});
		writeFileSync(path.join(own, 'go-watched'), '');
		expect(await joined).toMatchObject({code: 0});
		expect(rest.text()).toBe('off\n');
		expect(left()).toEqual([]);
		rmSync(own, {recursive: true});
	});

	test('a stop ends it', async () => {
		const job = newJob(sh('echo on; exec sleep 600'));
		const engine = engineWith();
		const started = start(job, engine);
		await started.seen('on');
		expect(await engine.stop(job.runId, 1)).toBe(true);
		expect((await started.exit).code).not.toBe(0);
		expect(await engine.stop(job.runId, 1)).toBe(false);
	});

	test('a number that Slurm gave to another job is neither cancelled nor believed', async () => {
		const words = ['--parsable', '--output=/dev/null', '--job-name=cosmos-training'];
		const stranger = lab.run('sbatch', ...words, '--wrap', 'sleep 600').trim();
		const job = newJob(sh('echo on; exec sleep 600'));
		const engine = engineWith();
		const started = start(job, engine);
		await started.seen('on');
		const number = path.join(folder, job.runFolder, 'slurm.job');
		writeFileSync(number, `${stranger}\n`);
		expect(await engine.find(job.runId)).toEqual({state: 'running'});
		writeFileSync(number, `${stranger}\n`);
		expect(await engine.stop(job.runId, 1)).toBe(true);
		expect((await started.exit).code).not.toBe(0);
		expect(lab.field(stranger, 'JobState')).toMatch(/PENDING|RUNNING/);

		const gone = newJob(sh('true'));
		writeFileSync(path.join(folder, gone.runFolder, 'slurm.job'), `${stranger}\n`);
		expect(await engine.stop(gone.runId, 1)).toBe(false);
		expect(lab.field(stranger, 'JobState')).toMatch(/PENDING|RUNNING/);
		lab.run('scancel', stranger);
	});

	test('missing programs are named', async () => {
		expect(await engineWith().check()).toMatchObject({version: expect.stringMatching(/^Slurm \d/)});
		await expect(engineWith({partition: 'none'}).check()).rejects.toThrow(
			'Slurm on hpc has no partition none',
		);
		await expect(engineWith({container: 'pyxis'}).check()).rejects.toThrow('--container-image');
		const refused = start(newJob(sh('true')), engineWith({partition: 'none'}));
		await expect(refused.exit).rejects.toThrow(/could not start the job: .*partition/);
	});
});
