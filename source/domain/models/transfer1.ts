/**
 * Cosmos-Transfer1: settings -> spec file and command of its `transfer.py`.
 * Flags, spec keys and output names are those of nvidia-cosmos/cosmos-transfer1 (June 2026).
 */
import {controlNames, type Settings} from '../settings.js';
import type {InputRole, TaskOf} from '../types.js';
import {type JobPlaces, type ModelJob, specFile, specText, transferCommand} from './model-job.js';

export function transferJob(task: TaskOf<'transfer'>, places: JobPlaces): ModelJob {
	return {
		files: [{name: specFile, text: specText(transferSpec(task, places))}],
		command: [...transferCommand(places), ...settingWords(task.settings)],
	};
}

/** The settings that are flags: all but the weights. */
export function settingWords(settings: Settings): string[] {
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

/** The prompt travels here and never on the command line: a file keeps every character. */
function transferSpec(
	{promptText, negative, settings}: TaskOf<'transfer'>,
	{inputs}: JobPlaces,
): Record<string, unknown> {
	const spec: Record<string, unknown> = {prompt: promptText};
	if (negative !== '') {
		spec.negative_prompt = negative;
	}

	spec.input_video_path = inputs.color;
	for (const name of controlNames) {
		// A control that is named at all is computed and loaded, so weight 0 means: leave it out.
		if (settings[name] > 0) {
			const file = inputs[name];
			spec[name] = {control_weight: settings[name], ...(file ? {input_control: file} : {})};
		}
	}

	return spec;
}

/** The inputs that a run with these settings sends: the video, and files of active controls. */
export function neededInputs<T extends {role: InputRole}>(
	inputs: readonly T[],
	settings: Settings,
): T[] {
	return inputs.filter(({role}) => role === 'color' || settings[role] > 0);
}
