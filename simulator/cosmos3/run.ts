import {setTimeout as wait} from 'node:timers/promises';
import {failAtStep, outOfMemory, type Simulation} from '../failures.js';
import {ExitError, type Frame, type PythonError} from '../python/python-error.js';
import {runUnderBar} from '../python/tqdm.js';
import type {Program} from '../transfer.js';
import type {Log} from './log.js';
import type {Setup} from './setup.js';

/** The module that is stood in for. */
export const inferenceModule = 'cosmos_framework.scripts.inference';

export type Run = Program & {
	/** Whether torchrun has started the program. */
	launched: boolean;
	setup: Setup;
	log: Log;
	/** What the cache did for the last clip; it is logged when the next one begins. */
	cached: {line?: string};
};

const sampling: readonly Frame[] = [
	{
		file: 'cosmos_framework/scripts/inference.py',
		line: 92,
		name: '<module>',
		code: 'main()',
	},
	{
		file: 'cosmos_framework/inference/common/inference.py',
		line: 200,
		name: 'generate',
		code: 'batch_outputs = self.generate_batch(',
	},
];

/** What the GPU's memory ends with, in the words of this version of PyTorch. */
export function noMemory(): PythonError {
	return outOfMemory('torch.OutOfMemoryError', sampling);
}

export type Clip = {steps: number; shift: number; sigmaMax: number};

/**
 * Samples one video or one chunk: a line, and a bar on stderr if the sampler has one. Ranks other than
 * the first print nothing.
 */
export async function sampleClip(
	run: Run,
	simulation: Simulation,
	{steps, shift, sigmaMax}: Clip,
	rank: number,
): Promise<void> {
	const {setup, log, console} = run;
	const {fixedSteps} = setup.checkpoint;
	const total = fixedSteps?.length ?? steps;
	const step = async (index: number) => {
		await failTogether(run, simulation, index, total);
		if (rank === 0 && simulation.stepTime > 0) {
			await wait(simulation.stepTime * 1000);
		}
	};

	if (rank > 0) {
		for (let index = 0; index < total; index++) {
			await step(index);
		}

		return;
	}

	if (run.cached.line !== undefined) {
		await log.line('INFO', 'model/generator/mot/diffusion_cache.py:780:finish', run.cached.line);
	}

	const decimal = (number: number) => (Number.isInteger(number) ? `${number}.0` : String(number));
	const [name, values] = fixedSteps
		? ['FixedStep', `t_list=[${fixedSteps.map(decimal).join(', ')}], sample_type=sde`]
		: setup.sampler === 'edm'
			? ['EDM', `sigma_max=${decimal(sigmaMax)}, num_steps=${steps}`]
			: ['UniPC', `shift=${decimal(shift)}, num_steps=${steps}`];
	const place = 'model/generator/omni_mot_model.py:3405:generate_samples_from_batch';
	await log.line('INFO', place, `Using sampler: ${name} (${values})`);
	if (name === 'UniPC' && !setup.benchmark) {
		await runUnderBar(console, 'Sampling', total, step);
	} else {
		for (let index = 0; index < total; index++) {
			await step(index);
		}
	}

	if (setup.cache) {
		const skipped = Math.floor(Math.max(0, total - 2) / 3);
		const counts = `full=${total - skipped} skipped=${skipped}`;
		run.cached.line = `[Diffusion Cache] sample done: ${counts}`;
	}
}

/** Fails as the environment asks, also in the ways that take several processes. */
export async function failTogether(
	run: Run,
	simulation: Simulation,
	index: number,
	total: number,
): Promise<void> {
	const {words} = simulation;
	if (words.has('oom') && index === 0) {
		throw noMemory();
	}

	if (index === Math.floor(total / 2)) {
		const last = run.setup.worldSize - 1;
		if (words.has('dead-rank')) {
			throw run.launched
				? new ExitError(1, '', {rank: last, exitcode: -11})
				: new ExitError(139, 'Fatal Python error: Segmentation fault\n');
		}

		if (words.has('nccl')) {
			throw timedOut(last);
		}
	}

	await failAtStep(simulation, index, total, sampling);
}

/** The end of processes that wait for each other in vain: their watchdog's, after half an hour. */
export function timedOut(rank: number): ExitError {
	return new ExitError(
		134,
		`[rank${rank}]:[E ProcessGroupNCCL.cpp:632] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=4242, OpType=_ALLGATHER_BASE, Timeout(ms)=1800000) ran for 1800057 milliseconds before timing out.\n`,
		{rank, exitcode: -6},
	);
}
