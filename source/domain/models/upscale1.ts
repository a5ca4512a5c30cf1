/**
 * The 4K upscaler of Cosmos-Transfer1: the same `transfer.py` with the one control `upscale` (its
 * checkpoint is `4kupscaler_control.pt`); it scales a video to 1280×704 and makes that three times as
 * wide and high. Its own text is optional.
 */
import type {VideoInput} from '../inputs/media.js';
import type {TaskOf} from '../types.js';
import {type JobPlaces, type ModelJob, specFile, specText, transferCommand} from './model-job.js';
import {nearestShape, type ResultVideo} from './outlook.js';
import {clipsOf, framesOfVideo, shapes} from './transfer1-clips.js';

/** As in NVIDIA's own example. */
const steps = 10;

/** Base name of the result. The program takes it, so that nothing has to be renamed later. */
export const upscaledName = 'output_4k';

/** Every video of 16:9 becomes that, as NVIDIA's example; of other shapes it says nothing. */
const largest = {width: 3840, height: 2112};

/** Frames per second without a word of it. */
const usualFps = 24;
const rateOf = ({fps = usualFps}: {fps?: number}) => Math.max(1, Math.round(fps));

/** The video that comes out, where the shape of the given one says it. */
export function upscaleResult(video: VideoInput): ResultVideo | undefined {
	const frames = framesOfVideo(video);
	return nearestShape(video, shapes) === shapes[0]
		? {...largest, frames, fps: rateOf(video), parts: clipsOf(frames), part: 'clip'}
		: undefined;
}

export function upscaleJob(task: TaskOf<'upscale'>, places: JobPlaces): ModelJob {
	const {promptText, settings, inputs} = task;
	const fps = rateOf(inputs[0] ?? {});
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
			// The rate of the video, which the program does not look at.
			...(fps === usualFps ? [] : ['--fps', String(fps)]),
			'--offload_text_encoder_model',
		],
	};
}
