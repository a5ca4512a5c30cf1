import {describe, expect, it} from 'vitest';
import {
	checkLimits,
	describePartition,
	megabytesOf,
	readPartition,
	secondsOfSlurmTime,
} from '../../../../source/executor/engine/slurm/slurm-limits.js';
import type {SlurmSettings} from '../../../../source/executor/engine/slurm/slurm-settings.js';
import {
	lacksConfiguration,
	slurmWords,
} from '../../../../source/executor/engine/slurm/slurm-shell.js';
import {labHost} from '../../../lab/host.js';

const bare: SlurmSettings = {
	options: [],
	container: 'none',
	containerArgs: [],
	mounts: [],
	width: 1,
};
const lines = [
	'short|up|30:00|8|64000|gpu:h100:4(S:0-1),lustre:1|nvlink,ssd',
	'short|up|30:00|32|16000|gpu:a100:1|(null)',
];

it.each([
	['90', 5400],
	['1:30', 90],
	['1:30:00', 5400],
	['1-12', 129_600],
	['2-00:30:00', 174_600],
	['UNLIMITED', undefined],
	['infinite', undefined],
])('reads the time %j as %s seconds', (text, seconds) =>
	expect(secondsOfSlurmTime(text)).toBe(seconds),
);

it.each([
	['4000', 4000],
	['64G', 65_536],
	['1T', 1_048_576],
	['2048K', 2],
	['much', undefined],
])('reads the memory %j as %s MB', (text, megabytes) => expect(megabytesOf(text)).toBe(megabytes));

it('describes a partition by the most that a job may have', () => {
	const partition = readPartition(lines);
	expect(partition && describePartition(partition)).toBe(
		'partition short: up to 30 minutes, 32 CPUs and 64000 MB a node',
	);
	expect(readPartition([])).toBeUndefined();
});

describe('a job that a partition can never run', () => {
	const check = (change: Partial<SlurmSettings>, gpus: number[] = [0], timeLimit = 600) => {
		const partition = readPartition(lines);
		if (partition) {
			checkLimits(labHost({name: 'hpc', gpus}), {...bare, ...change}, partition, timeLimit);
		}
	};

	it.each<[string, Partial<SlurmSettings>, number[]?, number?]>([
		[
			'a job of 62 minutes is longer than the 30 minutes that partition short allows',
			{},
			[0],
			3600,
		],
		['a job of 45 minutes is longer than the 30 minutes that partition short allows', {time: '45'}],
		['64 CPUs for a job are more than the 32 of a node', {cpus: 64}],
		['102400 MB of memory for a job are more than the 64000 of a node', {memory: '100G'}],
		['8 GPUs for a job are more than the 4 of a node', {}, [0, 1, 2, 3, 4, 5, 6, 7]],
		['2 GPUs (a100) for a job are more than the 1 of a node', {gres: 'gpu:a100:2'}],
		['no node of partition short has the feature ib', {constraint: 'ib'}],
		['no single node of partition short has 32 CPUs, 2 GPUs', {cpus: 32}, [0, 1]],
	])('is refused: %s', (message, change, gpus, timeLimit) => {
		expect(() => check(change, gpus, timeLimit)).toThrow(message);
	});

	it.each<[string, Partial<SlurmSettings>, number?]>([
		['asks for what there is', {cpus: 8, memory: '32G', gres: 'gpu:h100:4', constraint: 'nvlink'}],
		['names another partition in options', {options: ['-plong']}, 86_400],
		['names its time in options', {options: ['--time=10']}, 86_400],
		['names its GPUs in options', {gres: 'gpu:9', options: ['--gpus', '1']}],
		['has a constraint of several words', {constraint: 'ib|nvlink'}],
	])('is not one that %s', (_name, change, timeLimit) => {
		expect(() => check(change, [0], timeLimit)).not.toThrow();
	});
});

describe('the words of a command of Slurm', () => {
	it('keep the line that names a refused option', () =>
		expect(
			slurmWords(
				`sbatch: unrecognized option '--nonsense'\nTry "sbatch --help" for more information\n`,
			),
		).toBe("unrecognized option '--nonsense'"));

	it('keep every line once', () =>
		expect(
			slurmWords(
				'sbatch: error: Memory specification can not be satisfied\nsbatch: error: Batch job submission failed: Requested node configuration is not available\n',
			),
		).toBe(
			'Memory specification can not be satisfied; Batch job submission failed: Requested node configuration is not available',
		));

	it('say when there is no configuration', () =>
		expect(lacksConfiguration('sinfo: fatal: Could not establish a configuration source\n')).toBe(
			true,
		));
});
