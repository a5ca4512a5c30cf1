import {describe, expect, it} from 'vitest';
import {explainExit, type JobExit} from '../../../../source/domain/runs/run-status.js';

const exit: JobExit = {code: 1, oomKilled: false, engineMessage: ''};
const kind = {operation: 'transfer', model: 'cosmos3', mode: 'text2video'} as const;
const end = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 512.00 MiB.';
const sampler =
	'[11-29 17:44:52|job=|INFO|cosmos_framework/model/x.py:1:f] Using sampler: UniPC (shift=10.0, num_steps=35)';

describe('too little GPU memory', () => {
	it.each([
		[
			'OmniMoTModel: config {}',
			'the model was loaded',
			'Use --offload-guardrails, a smaller --checkpoint or more GPUs, or GPUs with more memory.',
		],
		[
			sampler,
			'it was sampling',
			'Use --resolution 480, fewer --frames or --offload-guardrails, or a shorter video.',
		],
		[
			'x\rSampling:  46%|██ | 16/35 [00:04<00:05]',
			'it was sampling',
			'Use --resolution 480, fewer --frames or --offload-guardrails, or a shorter video.',
		],
	])('after %j is told with its phase', (before, phase, hint) => {
		expect(explainExit(exit, `${before}\n${end}\n`, 60, kind)).toEqual({
			reason: 'gpu-out-of-memory',
			message: `the GPU ran out of memory while ${phase}`,
			hint,
		});
	});
});

it('blocked by the guardrail has the category', () => {
	const log =
		"[x|CRITICAL|a.py:1:f] GUARDRAIL BLOCKED: QWEN3GUARD: Prompt blocked by Qwen3Guard. Safety: Unsafe, Categories: ['Violent', 'Weapons']\nValueError: Error generating sample 'outputs': Guardrail blocked prompt 'o': 'x'\n";
	expect(explainExit(exit, log, 60, kind)).toMatchObject({
		reason: 'guardrail',
		message: "the safety filter (guardrail) blocked the prompt: 'Violent', 'Weapons'",
	});
});
