import type {Transfer1Settings} from './transfer1-settings.js';

/** The settings that are flags: all but the weights. */
export function settingWords(settings: Transfer1Settings): string[] {
	return [
		// The distilled model takes exactly one step.
		...['--num_steps', String(settings.distilled ? 1 : settings.steps)],
		...['--guidance', String(settings.guidance)],
		...['--sigma_max', String(settings.sigmaMax)],
		...['--blur_strength', settings.blur],
		...['--canny_threshold', settings.canny],
		...['--fps', String(settings.fps)],
		...['--seed', String(settings.seed)],
		...(settings.distilled ? ['--use_distilled'] : []),
		...(settings.offloadTextEncoder ? ['--offload_text_encoder_model'] : []),
		...(settings.offloadGuardrails ? ['--offload_guardrail_models'] : []),
		...(settings.offloadTransformer ? ['--offload_diffusion_transformer'] : []),
	];
}
