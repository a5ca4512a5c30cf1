/**
 * The 4K upscaler of Cosmos-Transfer1: the same `transfer.py` with the one control `upscale`; it
 * makes a picture of 1280×704 three times as wide and high. Its own text is optional.
 */
import type {TaskOf} from '../types.js';
import {type JobPlaces, type ModelJob, specFile, specText, transferCommand} from './model-job.js';

/** As in NVIDIA's own example. */
const steps = 10;

/** Base name of the result. The program takes it, so that nothing has to be renamed later. */
export const upscaledName = 'output_4k';

export function upscaleJob({promptText, settings}: TaskOf<'upscale'>, places: JobPlaces): ModelJob {
	const spec = {
		...(promptText === '' ? {} : {prompt: promptText}),
		input_video_path: places.inputs.color,
		upscale: {control_weight: settings.weight},
	};
	return {
		files: [{name: specFile, text: specText(spec)}],
		command: [
			...transferCommand(places),
			...['--video_save_name', upscaledName],
			...['--num_steps', String(steps)],
			'--offload_text_encoder_model',
		],
	};
}
