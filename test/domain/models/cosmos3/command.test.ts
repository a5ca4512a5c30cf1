import {describe, expect, it} from 'vitest';
import {batchJobOf, jobOf} from '../../../../source/domain/models/models.js';
import {taskOf, video} from './cosmos3-task.js';

const script = '-m cosmos_framework.scripts.inference';
const files = '-i cosmos-runs/r/spec.json -o cosmos-runs/r';
const lines = '-i cosmos-runs/r/batch.jsonl -o cosmos-runs/r/outputs';
const flags = (checkpoint: string) =>
	`--checkpoint-path ${checkpoint} --guardrails --no-offload-guardrail-models --diffusion-cache --diffusion-cache-thresh 0.35`;

const depth = [video('depth')];
const places = (gpuCount: number) => ({runFolder: 'cosmos-runs/r', gpuCount});
const oneOf = (mode: string, gpus: number, given = {}) =>
	jobOf(taskOf(mode, given, mode === 'transfer' ? depth : []), {
		...places(gpus),
		inputs: {depth: 'in/d.mp4'},
	}).command.join(' ');
const batchOf = (mode: string, gpus: number, settings: readonly object[]) =>
	batchJobOf(
		settings.map(given => taskOf(mode, given, mode === 'transfer' ? depth : [])),
		{...places(gpus), inputs: settings.map(() => ({depth: 'in/d.mp4'}))},
	).command.join(' ');
const run = (processes: number, log = '') =>
	`torchrun --nproc-per-node=${processes} --standalone ${log}${script}`;
/** What each process ends with stays in the run's folder. */
const log = '--log-dir=cosmos-runs/r/processes ';

describe('the command of a run', () => {
	it.each(['transfer', 'text2video'])('of %s uses all GPUs for one result', mode => {
		expect(oneOf(mode, 1)).toBe(
			`python ${script} --parallelism-preset=latency ${files} ${flags('Cosmos3-Nano')}`,
		);
		for (const gpus of [2, 4, 8]) {
			expect(oneOf(mode, gpus)).toBe(
				`${run(gpus)} --parallelism-preset=latency --dp-shard-size=1 ${files} ${flags('Cosmos3-Nano')}`,
			);
		}
	});

	it.each([4, 8])('of Super divides its weights among %i GPUs', gpus => {
		for (const mode of ['transfer', 'text2video']) {
			expect(oneOf(mode, gpus, {checkpoint: 'Cosmos3-Super'})).toBe(
				`${run(gpus)} --parallelism-preset=latency ${files} ${flags('Cosmos3-Super')}`,
			);
		}
	});

	it.each([
		[3, 2],
		[5, 4],
		[7, 4],
		[16, 8],
	])('uses of %i GPUs those that the model can be divided among', (gpus, processes) => {
		expect(oneOf('text2video', gpus)).toContain(`--nproc-per-node=${processes} `);
	});

	it('says what is switched off', () => {
		const off = {guardrails: false, diffusionCache: false, offloadGuardrails: true};
		expect(oneOf('text2video', 1, off)).toContain(
			'--no-guardrails --offload-guardrail-models --no-diffusion-cache --diffusion-cache-thresh 0.35',
		);
	});

	it('has no cache for a text', () => {
		const {command} = jobOf(taskOf('reasoner'), {...places(1), inputs: {}});
		expect(command.join(' ')).toMatch(/Cosmos3-Nano --guardrails --no-offload-guardrail-models$/);
	});
});

describe('the command of a batch', () => {
	it('gives each GPU samples of its own', () => {
		for (const gpus of [2, 4, 8]) {
			expect(batchOf('text2video', gpus, [{steps: 9}, {}])).toBe(
				`${run(gpus, log)} --parallelism-preset=throughput --dp-shard-size=1 ${lines} ${flags('Cosmos3-Nano')}`,
			);
		}
	});

	it.each([4, 8])('of Super does so where all %i GPUs have the same to do', gpus => {
		const large = {checkpoint: 'Cosmos3-Super'};
		const many = Array.from({length: gpus}, () => large);
		const shared = `${run(gpus, log)} --parallelism-preset=throughput --dp-shard-size=${gpus} --dp-replicate-size=1 --cp-size=1 --cfgp-size=1 ${lines}`;
		expect(batchOf('text2video', gpus, many)).toBe(`${shared} ${flags('Cosmos3-Super')}`);
		const other = [...many.slice(1), {...large, steps: 9}];
		for (const unlike of [many.slice(1), other]) {
			expect(batchOf('text2video', gpus, unlike)).toBe(
				`${run(gpus)} --parallelism-preset=latency ${lines} ${flags('Cosmos3-Super')}`,
			);
		}
	});

	it('makes transfers one after the other, as their chunks differ', () => {
		expect(batchOf('transfer', 4, [{}, {}])).toContain('--parallelism-preset=latency');
	});

	it('has one process on one GPU', () => {
		expect(batchOf('text2video', 1, [{}, {}])).toBe(
			`python ${script} --parallelism-preset=throughput ${lines} ${flags('Cosmos3-Nano')}`,
		);
	});
});
