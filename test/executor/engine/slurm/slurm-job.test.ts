import {describe, expect, it} from 'vitest';
import type {Host} from '../../../../source/domain/hosts/host.js';
import type {Job} from '../../../../source/executor/engine/engine.js';
import {onNode} from '../../../../source/executor/engine/slurm/slurm-container.js';
import {exitOfSlurm} from '../../../../source/executor/engine/slurm/slurm-end.js';
import {sbatchWords} from '../../../../source/executor/engine/slurm/slurm-job.js';
import {
	gpusInGres,
	type SlurmSettings,
} from '../../../../source/executor/engine/slurm/slurm-settings.js';
import {readWatch} from '../../../../source/executor/engine/slurm/slurm-watch.js';
import {sshHost} from '../../../lab/ssh-host.js';

const job: Job = {
	runId: 'run_1',
	slot: 'gpu0',
	startedBy: 'ann@desk',
	workFolder: '/scratch/100%/cosmos',
	runFolder: 'cosmos-runs/run_1',
	command: ['torchrun', 'transfer.py', 'a b'],
	env: {HF_TOKEN: 'secret'},
	timeLimit: 3600,
};
const bare: SlurmSettings = {
	options: [],
	container: 'none',
	containerArgs: [],
	mounts: [],
	width: 1,
};
const host: Host = sshHost('login', {engine: 'slurm', image: 'cosmos.sif', gpus: [0, 1]});

describe('the arguments of sbatch', () => {
	it('are few without configuration', () => {
		expect(sbatchWords(job, host, bare)).toEqual([
			'--parsable',
			'--no-requeue',
			'--job-name=cosmos-run_1',
			'--comment=ann@desk gpu0',
			'--output=/scratch/100%%/cosmos/cosmos-runs/run_1/output',
			'--open-mode=append',
			'--chdir=/scratch/100%/cosmos',
			'--nodes=1',
			'--time=62',
			'--gres=gpu:2',
		]);
	});

	it('include everything that is configured', () => {
		const slurm: SlurmSettings = {
			...bare,
			partition: 'gpu',
			account: 'lab',
			qos: 'high',
			time: '4:00:00',
			gres: 'gpu:h100:1',
			memory: '64G',
			constraint: 'nvlink',
			options: ['--exclusive'],
		};
		expect(sbatchWords(job, host, slurm).slice(8)).toEqual([
			'--partition=gpu',
			'--account=lab',
			'--qos=high',
			'--time=4:00:00',
			'--gres=gpu:h100:1',
			'--mem=64G',
			'--constraint=nvlink',
			'--exclusive',
		]);
	});

	it.each([
		['gpu', 1],
		['gpu:4', 4],
		['gpu:a100:2', 2],
		['gres:gpu:3', 3],
		['lustre:1,gpu:2(S:0)', 2],
		['lustre:1', undefined],
	])('request %s GPUs with %j', (gres, count) => expect(gpusInGres(gres)).toBe(count));
});

describe('a container on a node', () => {
	const commandWith = (change: Partial<SlurmSettings>) =>
		onNode(job, host, {...bare, mounts: ['/data:/data'], ...change}).command.join(' ');

	it('can use Apptainer', () =>
		expect(commandWith({container: 'apptainer', containerArgs: ['--cleanenv']})).toBe(
			'apptainer exec --nv --pwd /workspace --bind /scratch/100%/cosmos:/workspace --bind /data:/data --cleanenv cosmos.sif torchrun transfer.py a b',
		));

	it('can use pyxis', () =>
		expect(commandWith({container: 'pyxis'})).toBe(
			'srun --ntasks=1 --kill-on-bad-exit=1 --container-image=cosmos.sif --container-mounts=/scratch/100%/cosmos:/workspace,/data:/data --container-workdir=/workspace torchrun transfer.py a b',
		));

	it('can use Docker, with the GPUs of the job and no value on its command line', () => {
		const words = commandWith({container: 'docker'});
		expect(words).toContain(' -e HF_TOKEN ');
		expect(words).toContain('--gpus "\\"device=$CUDA_VISIBLE_DEVICES\\""');
		expect(words).not.toContain('secret');
	});
});

describe('the end of a job', () => {
	const end = {state: 'FAILED', ended: '0:9', node: 'n1', job: '7', begun: true};
	it.each([
		['NODE_FAIL', undefined, 'node-failed', 137],
		['OUT_OF_MEMORY', 1, 'host-out-of-memory', 1],
		['TIMEOUT', 143, 'timed-out', 124],
		['PREEMPTED', 143, 'killed', 143],
		['CANCELLED', undefined, 'killed', 143],
		['FAILED', undefined, 'killed', 137],
		['FAILED', 3, undefined, 3],
		['TIMEOUT', 0, 'timed-out', 124],
		['FAILED', 0, 'container-lost', 137],
		['COMPLETED', 0, 'container-lost', 137],
		[undefined, undefined, 'container-lost', 137],
	])('%s with code %s', (state, code, reason, told) => {
		const exit = exitOfSlurm({...end, state, code}, host, '');
		expect([exit.failure?.reason, exit.code, exit.node]).toEqual([reason, told, 'n1']);
	});

	it.each([
		['COMPLETED', 0, '0:0', 0],
		['COMPLETING', 0, '0:0', 0],
		[undefined, 0, undefined, 0],
		['COMPLETED', undefined, '0:0', 0],
		['RUNNING', undefined, '0:0', 137],
		['COMPLETED', undefined, undefined, 137],
		['COMPLETED', undefined, 'x:y', 137],
		['FAILED', undefined, '3:0', 3],
		['FAILED', 0, '3:0', 3],
	])('%s with code %s and %s ends with %i', (state, code, ended, told) => {
		expect(exitOfSlurm({...end, state, code, ended}, host, '').code).toBe(told);
	});

	it('is not a success if the job never started, whatever Slurm says', () => {
		const exit = exitOfSlurm({...end, state: 'COMPLETED', ended: '0:0', begun: false}, host, '');
		expect(exit.code).not.toBe(0);
	});

	it.each([
		['121:0', 'NonZeroExitCode', 'its node has no such folder', 'share'],
		['122:0', 'NonZeroExitCode', 'could not write to the folder of the run', 'full'],
		['0:0', 'BadConstraints', 'no node has what it asks for', '[hosts.gpu.slurm]'],
		['0:53', 'JobLaunchFailure', 'could not open the output file', 'share'],
		['1:0', 'Prolog', 'Slurm gives Prolog as the reason', 'scontrol show job'],
	])('before it began names the cause: %s %s', (ended, reason, message, hint) => {
		const {failure} = exitOfSlurm({...end, ended, reason, begun: false}, host, '');
		expect(failure?.message).toContain(message);
		expect(failure?.hint).toContain(hint);
		expect(failure?.message).not.toContain('killed');
	});

	it("is a requeue, and never the code of the job's own guard", () => {
		const exit = exitOfSlurm({...end, ended: '125:0', requeued: true}, host, '');
		expect([exit.code, exit.failure?.reason]).toEqual([143, 'killed']);
		expect(exit.failure?.message).toContain('was requeued in Slurm');
	});

	it('is a success of a job that was requeued before it began', () => {
		const ends = {...end, state: 'COMPLETED', code: 0, ended: '0:0'};
		expect(exitOfSlurm(ends, host, '').code).toBe(0);
	});

	it('is not blamed on the model before it started', () =>
		expect(exitOfSlurm({...end, begun: false}, host, '').failure?.hint).toContain('share'));
});

it('separates protocol lines and bytes however they are cut', () => {
	const text = Buffer.from(
		'ready /tmp/x\nout run_1 6\na\nout\nout run_2 1\nZend run_1 0 - - n1 7 yes\n',
	);
	for (let size = 1; size < text.length; size++) {
		const words: string[] = [];
		const out: Record<string, string> = {};
		const read = readWatch({
			onWord: (word, rest) => words.push(`${word} ${rest}`),
			onOutput(runId, chunk) {
				out[runId] = (out[runId] ?? '') + chunk.toString();
			},
		});
		for (let at = 0; at < text.length; at += size) {
			read(text.subarray(at, at + size));
		}

		expect(words).toEqual(['ready /tmp/x', 'end run_1 0 - - n1 7 yes']);
		expect(out).toEqual({run_1: 'a\nout\n', run_2: 'Z'});
	}
});
