import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import type {Job} from '../../../../source/executor/engine/engine.js';
import {slurmEngine} from '../../../../source/executor/engine/slurm/slurm.js';
import type {SlurmSettings} from '../../../../source/executor/engine/slurm/slurm-settings.js';
import {localTransport} from '../../../../source/executor/transport/local.js';
import {bound} from '../../../bound.js';
import {available} from '../../../lab/available.js';
import {labHost} from '../../../lab/host.js';
import {type SlurmLab, startSlurm} from '../../../lab/slurm.js';
import {makeJob, newRunId, startJob} from '../started-job.js';

const sh = (script: string) => ['sh', '-c', script];
const long = sh('echo on; exec sleep 600');

/** What clusters do beside running jobs: limits, refusals, requeues, full disks, logins of all kinds. */
describe.skipIf(!available('slurm'))('a cluster with limits', () => {
	let lab: SlurmLab;
	let folder = '';

	beforeAll(async () => {
		lab = await startSlurm({
			nodes: ['n1', 'n2'],
			cpus: 4,
			config: ['PartitionName=short Nodes=n1,n2 MaxTime=30 State=UP'],
		});
		process.env.SLURM_CONF = lab.env.SLURM_CONF;
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-cluster-'));
	});

	afterAll(async () => {
		delete process.env.SLURM_CONF;
		await lab?.stop();
		rmSync(folder, {recursive: true, force: true});
	});

	function engineWith(change: Partial<SlurmSettings> = {}, checkout = folder) {
		const engineSettings = {
			...{options: [], container: 'none', containerArgs: [], mounts: [], width: 1},
			...change,
		};
		const host = labHost({name: 'hpc', engine: 'slurm', remoteDir: checkout, engineSettings});
		return slurmEngine(host, checkout, localTransport(host.name));
	}

	const newJob = (command = long, checkout = folder) =>
		makeJob(checkout, newRunId(), command, {slot: 'all'});
	const numberOf = ({runId}: Job) =>
		lab.run('squeue', '-h', '-t', 'all', '-o', '%A', '-n', `cosmos-${runId}`).trim();
	const stateOf = (job: Job) => lab.field(numberOf(job), 'JobState');

	describe('before a job is submitted', () => {
		test.each<[string, Partial<SlurmSettings>]>([
			[
				'a job of 62 minutes is longer than the 30 minutes that partition short',
				{partition: 'short'},
			],
			['99 CPUs for a job are more than the 4 of a node of partition gpu', {cpus: 99}],
			['921600 MB of memory for a job are more than the 4000', {memory: '900G'}],
			['9 GPUs for a job are more than the 1 of a node', {gres: 'gpu:9'}],
			['no node of partition gpu has the feature nvlink', {constraint: 'nvlink'}],
		])('both numbers are named: %s', async (message, change) => {
			const engine = engineWith(change);
			await expect(engine.check({timeLimit: 3600})).rejects.toThrow(message);
			await expect(engine.doctor.engine()).rejects.toThrow(message);
		});

		test('a partition that is closed may queue, and doctor says so', async () => {
			lab.run('scontrol', 'update', 'partitionname=short', 'state=down');
			try {
				const engine = engineWith({partition: 'short', time: '5'});
				expect(await engine.doctor.engine()).toContain('short (down: jobs wait until it opens)');
				const job = newJob(sh('true'));
				const started = startJob(job, engine);
				await started.waits();
				expect(started.holders[0]).toContain('the partition is closed');
				lab.run('scontrol', 'update', 'partitionname=short', 'state=up');
				expect((await started.exit).code).toBe(0);
				lab.run('scontrol', 'update', 'partitionname=short', 'state=drain');
				await expect(engine.check()).rejects.toThrow('takes no jobs: its state is drain');
			} finally {
				lab.run('scontrol', 'update', 'partitionname=short', 'state=up');
			}
		});
	});

	describe('a refusal', () => {
		test.each([
			["unrecognized option '--nonsense'", ['--nonsense']],
			['Requested node configuration is not available', ['--gres=gpu:9']],
			['Invalid feature specification', ['--constraint=nvlink']],
		])('names what sbatch says: %s', async (message, options) => {
			const job = newJob();
			const engine = engineWith({options});
			await expect(startJob(job, engine).exit).rejects.toThrow(message);
			expect(existsSync(path.join(folder, job.runFolder, 'slurm.job'))).toBe(false);
		});
	});

	describe('a job that is requeued', () => {
		test.each(['requeue', 'requeuehold'])(
			'by scontrol %s is reported as that, and nothing of it stays in Slurm',
			async how => {
				const job = newJob();
				const started = startJob(job, engineWith({options: ['--requeue']}));
				await started.seen('on');
				lab.run('scontrol', how, numberOf(job));
				const exit = await started.exit;
				expect(exit.failure).toMatchObject({
					reason: 'killed',
					message: expect.stringMatching(/job \d+ was requeued in Slurm/),
				});
				expect(exit.code).not.toBe(125);
				expect(stateOf(job)).toMatch(/CANCELLED|FAILED/);
			},
		);

		test('while nobody watched is found to have ended, and does not stay', async () => {
			const job = newJob();
			const words = [
				'--parsable',
				'--hold',
				'--output=/dev/null',
				`--job-name=cosmos-${job.runId}`,
			];
			const number = lab.run('sbatch', ...words, '--wrap', 'true').trim();
			// As it is left behind when Slurm has requeued and held a job whose command had begun.
			writeFileSync(path.join(folder, job.runFolder, 'slurm.job'), `${number}\n`);
			writeFileSync(path.join(folder, job.runFolder, 'begun'), `n1 ${number}\n`);
			const engine = engineWith();
			expect(await engine.find(job.runId)).toEqual({state: 'exited'});
			const exit = await engine.attach(job.runId, 0, {onOutput: () => undefined});
			expect(exit.failure?.message).toContain(`job ${number} was requeued in Slurm`);
			expect(stateOf(job)).toBe('CANCELLED');
		});
	});

	test('the number of another job is not believed', async () => {
		const job = newJob(sh('exit 3'));
		const engine = engineWith();
		await startJob(job, engine).exit;
		const words = ['--parsable', '--output=/dev/null', '--job-name=cosmos-training'];
		const stranger = lab.run('sbatch', ...words, '--wrap', 'sleep 600').trim();
		const file = (name: string) => path.join(folder, job.runFolder, name);
		writeFileSync(file('slurm.job'), `${stranger}\n`);
		writeFileSync(file('begun'), `n1 ${stranger}\n`);
		rmSync(file('exit'));
		const exit = await engine.attach(job.runId, 0, {onOutput: () => undefined});
		expect(exit).toMatchObject({failure: {reason: 'container-lost'}});
		lab.run('scancel', stranger);
	});

	describe('a disk that is full', () => {
		let small = '';
		beforeAll(() => {
			small = path.join(folder, 'small');
			mkdirSync(small);
			spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]);
		});
		afterAll(() => spawnSync('umount', ['-l', small]));
		afterEach(() => rmSync(path.join(small, 'filling'), {force: true}));
		const fill = () =>
			spawnSync('dd', ['if=/dev/zero', `of=${path.join(small, 'filling')}`, 'bs=1k']);

		test('between submission and start is named, and the job is not called killed', async () => {
			const job = newJob(sh('echo on'), small);
			const engine = engineWith({options: ['--hold']}, small);
			const started = startJob(job, engine);
			await started.waits();
			fill();
			lab.run('scontrol', 'release', numberOf(job));
			expect((await started.exit).failure).toMatchObject({
				reason: 'engine',
				message: expect.stringContaining('its node could not write to the folder of the run'),
				hint: expect.stringContaining('full'),
			});
		});

		test('while the job runs does not hide its exit code', async () => {
			const filling = path.join(small, 'filling');
			const job = newJob(sh(`dd if=/dev/zero of=${filling} bs=1k 2>/dev/null; exit 3`), small);
			expect((await startJob(job, engineWith({}, small)).exit).code).toBe(3);
		});
	});

	test('a job that is held is not counted as ahead', async () => {
		const words = ['--parsable', '--output=/dev/null', '--exclusive', '-w', 'n1'];
		const running = lab.run('sbatch', ...words, '--wrap', 'sleep 600').trim();
		// Until it has started, it is rightly one that is ahead.
		const stateOf = (number: string) => lab.run('squeue', '-h', '-j', number, '-o', '%T').trim();
		await expect.poll(() => stateOf(running), {timeout: bound}).toBe('RUNNING');
		const held = lab.run('sbatch', ...words, '--hold', '--wrap', 'sleep 600').trim();
		const engine = engineWith({options: ['--exclusive', '-w', 'n1']});
		const job = newJob();
		const started = startJob(job, engine);
		await started.waits();
		expect(started.holders[0]).toMatch(/^Slurm/);
		expect(started.holders[0]).not.toContain('ahead');
		expect(await engine.stop(job.runId, 1)).toBe(true);
		await expect(started.exit).rejects.toMatchObject({kind: 'cancelled'});
		lab.run('scancel', running, held);
	});

	describe('the environment of the login', () => {
		const hostile = {
			SQUEUE_STATES: 'CD',
			SQUEUE_FORMAT: '%j',
			SQUEUE_NAMES: 'nobody',
			SQUEUE_PARTITION: 'short',
			SQUEUE_USERS: 'nobody',
			SINFO_FORMAT: '%n',
			SCANCEL_STATE: 'PENDING',
			SBATCH_ARRAY_INX: '1-3',
			SBATCH_WAIT: '1',
			SLURM_TIME_FORMAT: 'relative',
		};
		afterEach(() => {
			for (const name of Object.keys(hostile)) {
				delete process.env[name];
			}

			process.env.SLURM_CONF = lab.env.SLURM_CONF;
		});

		test('changes nothing with its options for squeue, sinfo, scancel and sbatch', async () => {
			Object.assign(process.env, hostile);
			const engine = engineWith({partition: 'gpu'});
			expect((await engine.check()).version).toMatch(/^Slurm \d/);
			const job = newJob();
			const started = startJob(job, engine);
			await started.seen('on');
			expect(await engine.find(job.runId)).toEqual({state: 'running'});
			expect(await engine.list()).toMatchObject([{runId: job.runId}]);
			expect(await engine.stop(job.runId, 1)).toBe(true);
			expect((await started.exit).code).not.toBe(0);
		});

		test('is named where SLURM_CONF cannot be read', async () => {
			process.env.SLURM_CONF = '/nowhere/slurm.conf';
			await expect(engineWith().check()).rejects.toMatchObject({
				code: 'slurm-unavailable',
				message: 'SLURM_CONF on hpc is /nowhere/slurm.conf, which cannot be read',
			});
		});
	});
});
