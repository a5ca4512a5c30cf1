import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ConnectionLostError} from '../../../../source/domain/errors.js';
import type {Job} from '../../../../source/executor/engine/engine.js';
import {slurmEngine} from '../../../../source/executor/engine/slurm/slurm.js';
import type {SlurmSettings} from '../../../../source/executor/engine/slurm/slurm-settings.js';
import {localTransport} from '../../../../source/executor/transport/local.js';
import type {Transport} from '../../../../source/executor/transport/transport.js';
import {available} from '../../../lab/available.js';
import {labHost} from '../../../lab/host.js';
import {type SlurmLab, startSlurm} from '../../../lab/slurm.js';
import {makeJob, newRunId, startJob} from '../started-job.js';

const sh = (script: string) => ['sh', '-c', script];
/** Says who it is, once, and works until a file is there. */
const until = (file: string) =>
	sh(`echo on; echo begun >>once; until [ -e ${file} ]; do sleep 0.05; done; echo off`);

/** A checkout on a cluster, and jobs that come at one time. */
function checkoutOn(lab: () => SlurmLab) {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-slurm-array-'));
	const engineWith = (
		change: Partial<SlurmSettings> = {},
		transport: Transport = localTransport('hpc'),
	) => {
		const engineSettings = {
			...{options: [], container: 'none', containerArgs: [], mounts: [], width: 1},
			...change,
		};
		const host = labHost({name: 'hpc', engine: 'slurm', remoteDir: folder, engineSettings});
		return slurmEngine(host, folder, transport);
	};
	const newJob = (command: readonly string[], changes: Partial<Job> = {}) =>
		makeJob(folder, newRunId(), command, {slot: 'slot1', ...changes});
	return {
		folder,
		engineWith,
		newJob,
		newJobs: (count: number, command: readonly string[]) =>
			Array.from({length: count}, () => newJob(command)),
		startAll: (jobs: readonly Job[], engine = engineWith()) =>
			jobs.map(job => startJob(job, engine)),
		numberOf: ({runFolder}: Job) =>
			readFileSync(path.join(folder, runFolder, 'slurm.job'), 'utf8').trim(),
		stateOf: (number: string) =>
			new RegExp(`^${number} (.*)$`, 'm').exec(
				lab().run('squeue', '-h', '-r', '-t', 'all', '-o', '%i %T'),
			)?.[1],
		touch: (file: string) => writeFileSync(path.join(folder, file), ''),
		read: (file: string) => readFileSync(path.join(folder, file), 'utf8'),
		arrays: () =>
			readdirSync(path.join(folder, 'cosmos-runs')).filter(name => name.startsWith('array_')),
		remove: () => rmSync(folder, {recursive: true, force: true}),
	};
}

/** The transport of a host that does what it is asked, and whose answer about an array is lost. */
function losingAnswers(transport: Transport): Transport {
	return {
		...transport,
		async exec(words, options) {
			const result = await transport.exec(words, options);
			if (String(options?.input).includes('--array=')) {
				throw new ConnectionLostError('hpc');
			}

			return result;
		},
	};
}

describe.skipIf(!available('slurm'))('jobs that come to Slurm together', () => {
	let lab: SlurmLab;
	let here: ReturnType<typeof checkoutOn>;

	beforeAll(async () => {
		lab = await startSlurm({nodes: ['n1', 'n2'], cpus: 8});
		process.env.SLURM_CONF = lab.env.SLURM_CONF;
	});

	afterAll(async () => {
		delete process.env.SLURM_CONF;
		await lab?.stop();
	});

	beforeAll(() => {
		here = checkoutOn(() => lab);
		return () => here.remove();
	});

	const basesOf = (jobs: readonly Job[]) =>
		new Set(jobs.map(job => here.numberOf(job).split('_')[0]));

	it('are one array, in which each has its own output, code and limit', async () => {
		const jobs = [
			here.newJob(sh('echo one; printf "%s" "$HF_TOKEN"'), {
				env: {HF_TOKEN: 'a b'},
				slot: 'slot7',
				timeLimit: 60,
			}),
			here.newJob(sh('echo two; exit 3'), {timeLimit: 50}),
			here.newJob(sh('echo three; exec sleep 600'), {timeLimit: 1}),
			here.newJob(sh('echo four'), {timeLimit: 60}),
			here.newJob(sh('kill -9 $$'), {timeLimit: 60}),
		];
		const started = here.startAll(jobs);
		const exits = await Promise.all(started.map(({exit}) => exit));
		expect(exits.map(({code}) => code)).toEqual([0, 3, 124, 0, 137]);
		expect(started.slice(0, 4).map(({text}) => text().split('\n')[0])).toEqual([
			...['one', 'two', 'three', 'four'],
		]);
		expect(started[0]?.text()).toBe('one\na b');
		expect(basesOf(jobs).size).toBe(1);
		expect(jobs.map(job => here.numberOf(job).split('_')[1])).toEqual(['0', '1', '2', '3', '4']);
		expect(here.arrays()).toEqual([]);
	});

	it('are not one array if they ask for different things', async () => {
		const jobs = [here.newJob(sh('true')), here.newJob(sh('true'), {timeLimit: 7200})];
		const exits = here.startAll(jobs).map(({exit}) => exit);
		expect((await Promise.all(exits)).map(({code}) => code)).toEqual([0, 0]);
		expect(jobs.map(here.numberOf)).toEqual([
			expect.stringMatching(/^\d+$/),
			expect.stringMatching(/^\d+$/),
		]);
	});

	it('can be stopped while they wait, without the others', async () => {
		const jobs = here.newJobs(3, sh('echo on'));
		const [first, second, third] = jobs as [Job, Job, Job];
		const engine = here.engineWith({options: ['--hold']});
		const started = here.startAll(jobs, engine);
		await Promise.all(started.map(job => job.waits()));
		expect(started[0]?.holders).toEqual([expect.stringMatching(/^Slurm \(JobHeldUser.*\)$/)]);
		expect(await engine.find(second.runId)).toEqual({state: 'waiting'});
		expect(await engine.stop(second.runId, 1)).toBe(true);
		await expect(started[1]?.exit).rejects.toMatchObject({kind: 'cancelled'});
		expect(await engine.stop(second.runId, 1)).toBe(false);
		expect([first, third].map(job => here.stateOf(here.numberOf(job)))).toEqual([
			'PENDING',
			'PENDING',
		]);
		lab.run('scontrol', 'release', here.numberOf(first).split('_')[0] as string);
		expect((await started[0]?.exit)?.code).toBe(0);
		expect((await started[2]?.exit)?.code).toBe(0);
		expect(here.arrays()).toEqual([]);
	});

	it('can be stopped while they run, without the others', async () => {
		const jobs = here.newJobs(3, until('go-stop'));
		const engine = here.engineWith();
		const started = here.startAll(jobs, engine);
		await Promise.all(started.map(job => job.seen('on')));
		expect(await engine.stop((jobs[1] as Job).runId, 1)).toBe(true);
		expect((await started[1]?.exit)?.code).not.toBe(0);
		lab.run('scancel', here.numberOf(jobs[2] as Job));
		expect(await started[2]?.exit).toMatchObject({
			code: 143,
			failure: {reason: 'killed', message: expect.stringContaining('was cancelled with scancel')},
		});
		here.touch('go-stop');
		expect((await started[0]?.exit)?.code).toBe(0);
		expect(started[0]?.text()).toBe('on\noff\n');
		expect(here.arrays()).toEqual([]);
	});

	it('are listed by their runs and slots', async () => {
		const jobs = [
			here.newJob(until('go-list')),
			here.newJob(until('go-list'), {slot: 'slot2'}),
			here.newJob(until('go-list'), {slot: 'slot3'}),
		];
		const engine = here.engineWith();
		const started = here.startAll(jobs, engine);
		await Promise.all(started.map(job => job.seen('on')));
		const listed = (await engine.list()).filter(({runId}) => jobs.some(job => job.runId === runId));
		expect(listed.map(({runId, lane, startedBy}) => [runId, lane, startedBy]).sort()).toEqual(
			jobs.map(({runId, slot}) => [runId, slot, 'ann@desk']),
		);
		here.touch('go-list');
		await Promise.all(started.map(({exit}) => exit));
	});

	it('start once if the answer about them is lost', async () => {
		rmSync(path.join(here.folder, 'once'), {force: true});
		const jobs = here.newJobs(3, until('go-lost'));
		const broken = here.engineWith({}, losingAnswers(localTransport('hpc')));
		for (const {exit} of here.startAll(jobs, broken)) {
			await expect(exit).rejects.toThrow(ConnectionLostError);
		}

		// As after a kill -9: nobody knows that Slurm has them.
		const engine = here.engineWith();
		for (const {runId} of jobs) {
			expect((await engine.find(runId)).state).toMatch(/^(?:waiting|running)$/);
		}

		const again = here.startAll(jobs, engine);
		await Promise.all(again.map(job => job.seen('on')));
		here.touch('go-lost');
		expect((await Promise.all(again.map(({exit}) => exit))).map(({code}) => code)).toEqual([
			0, 0, 0,
		]);
		expect(again.map(({text}) => text())).toEqual(Array(3).fill('on\noff\n'));
		expect(here.read('once')).toBe('begun\n'.repeat(3));
	});

	it('are found by the name of the array if their numbers were lost', async () => {
		const jobs = here.newJobs(2, until('go-numbers'));
		const started = here.startAll(jobs);
		await Promise.all(started.map(job => job.seen('on')));
		const [first] = jobs as [Job];
		const number = here.numberOf(first);
		rmSync(path.join(here.folder, first.runFolder, 'slurm.job'));
		expect(await here.engineWith().find(first.runId)).toEqual({state: 'running'});
		expect(here.numberOf(first)).toBe(number);
		here.touch('go-numbers');
		await Promise.all(started.map(({exit}) => exit));
		expect(await here.engineWith().find(first.runId)).toEqual({state: 'exited'});
	});

	it('start alone if their array was never submitted', async () => {
		const job = here.newJob(sh('echo on'));
		const array = `array_${job.runId}`;
		const folder = path.join(here.folder, 'cosmos-runs', array);
		mkdirSync(folder);
		writeFileSync(path.join(folder, 'lock'), '');
		symlinkSync(`../${job.runId}`, path.join(folder, '0'));
		writeFileSync(
			path.join(here.folder, job.runFolder, 'slurm.array'),
			`${array} 0 ${job.runId} slot1\n`,
		);
		const engine = here.engineWith();
		expect(await engine.find(job.runId)).toEqual({state: 'unstarted'});
		const started = startJob(job, engine);
		expect((await started.exit).code).toBe(0);
		expect(here.numberOf(job)).toMatch(/^\d+$/);
		expect(here.arrays()).toEqual([]);
	});

	it('are each refused with what sbatch says', async () => {
		const jobs = here.newJobs(2, sh('true'));
		for (const {exit} of here.startAll(jobs, here.engineWith({options: ['--gres=gpu:9']}))) {
			await expect(exit).rejects.toThrow('Requested node configuration is not available');
		}

		for (const {runFolder} of jobs) {
			expect(existsSync(path.join(here.folder, runFolder, 'slurm.job'))).toBe(false);
		}

		expect(here.arrays()).toEqual([]);
	});

	it('that are requeued are reported as that, and the others go on', async () => {
		const jobs = here.newJobs(2, until('go-requeue'));
		const started = here.startAll(jobs, here.engineWith({options: ['--requeue']}));
		await Promise.all(started.map(job => job.seen('on')));
		lab.run('scontrol', 'requeuehold', here.numberOf(jobs[0] as Job));
		expect((await started[0]?.exit)?.failure).toMatchObject({
			reason: 'killed',
			message: expect.stringMatching(/job [\d_]+ was requeued in Slurm/),
		});
		here.touch('go-requeue');
		expect((await started[1]?.exit)?.code).toBe(0);
	});

	it('keep to what is theirs if Slurm gave a number to another job', async () => {
		const jobs = here.newJobs(2, until('go-number'));
		const words = ['--parsable', '--output=/dev/null', '--job-name=cosmos-training'];
		const stranger = lab.run('sbatch', ...words, '--array=0-1', '--wrap', 'sleep 600').trim();
		const engine = here.engineWith();
		const started = here.startAll(jobs, engine);
		await Promise.all(started.map(job => job.seen('on')));
		const [first] = jobs as [Job];
		writeFileSync(path.join(here.folder, first.runFolder, 'slurm.job'), `${stranger}_0\n`);
		expect(await engine.find(first.runId)).toEqual({state: 'running'});
		writeFileSync(path.join(here.folder, first.runFolder, 'slurm.job'), `${stranger}_0\n`);
		expect(await engine.stop(first.runId, 1)).toBe(true);
		expect((await started[0]?.exit)?.code).not.toBe(0);
		expect(here.stateOf(`${stranger}_0`)).toMatch(/PENDING|RUNNING/);
		lab.run('scancel', stranger);
		here.touch('go-number');
		expect((await started[1]?.exit)?.code).toBe(0);
	});
});

describe.skipIf(!available('slurm')).each([
	[3, [3, 2]],
	[0, [1, 1, 1, 1, 1]],
])('a cluster with arrays of %i at most', (most, sizes) => {
	it('gets jobs in as many as it takes', async () => {
		const lab = await startSlurm({config: [`MaxArraySize=${most}`]});
		process.env.SLURM_CONF = lab.env.SLURM_CONF;
		const here = checkoutOn(() => lab);
		try {
			const jobs = here.newJobs(5, sh('echo on'));
			const exits = await Promise.all(here.startAll(jobs).map(({exit}) => exit));
			expect(exits.map(({code}) => code)).toEqual([0, 0, 0, 0, 0]);
			const bases = jobs.map(job => here.numberOf(job).split('_')[0]);
			const sizesThere = [...new Set(bases)].map(base => bases.filter(one => one === base).length);
			expect(sizesThere).toEqual(sizes);
		} finally {
			delete process.env.SLURM_CONF;
			here.remove();
			await lab.stop();
		}
	});
});
