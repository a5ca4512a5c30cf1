import {describe, expect, it} from 'vitest';
import {jobOf, resultOf} from '../../../source/domain/models/models.js';
import {describeResult} from '../../../source/domain/models/outlook.js';
import {upscaleResult} from '../../../source/domain/models/upscale1.js';
import {defaultsOf} from '../../../source/domain/settings/settings-tables.js';

import {upscaleTask} from './tasks.js';

const places = {
	runFolder: 'cosmos-runs/run_000000001abc',
	inputs: {color: 'cosmos-inputs/a.mp4'},
	gpuCount: 1,
};

const specOf = (change: Partial<typeof upscaleTask> = {}) =>
	JSON.parse(jobOf({...upscaleTask, ...change}, places).files[0]?.text ?? '');

describe('an upscale', () => {
	it('requests one control and the video', () => {
		expect(specOf()).toEqual({
			input_video_path: 'cosmos-inputs/a.mp4',
			upscale: {control_weight: 0.5},
		});
	});

	it('uses the given weight and text', () => {
		const settings = {...defaultsOf('upscale'), weight: 0.7};
		expect(specOf({settings, promptText: 'sharp "leaves"'})).toMatchObject({
			prompt: 'sharp "leaves"',
			upscale: {control_weight: 0.7},
		});
	});

	it('keeps its text off the command line', () => {
		const {command} = jobOf({...upscaleTask, promptText: '$(x)'}, places);
		expect(command).toEqual(jobOf(upscaleTask, places).command);
	});

	it.each([
		[24, undefined],
		[10, '10'],
		[29.97, '30'],
	])("keeps the video's rate of %s", (fps, flag) => {
		const input = {role: 'color', path: '/a.mp4', size: 1, fps};
		const {command} = jobOf({...upscaleTask, inputs: [input]}, places);
		const at = command.indexOf('--fps');
		expect(at < 0 ? undefined : command[at + 1]).toBe(flag);
	});

	it.each([
		[1280, 704, '3840\u00d72112, 130 frames, 5.4 s at 24 fps, in 2 clips'],
		[1920, 1080, '3840\u00d72112, 130 frames, 5.4 s at 24 fps, in 2 clips'],
		[960, 960, undefined],
	])('makes of %i\u00d7%i: %s', (width, height, words) => {
		const video = {role: 'color', path: '/a.mp4', size: 1, width, height, frames: 130, fps: 24};
		const result = upscaleResult(video);
		expect(result && describeResult(result)).toBe(words);
	});

	it('uses ten steps and names its result', () => {
		const {command} = jobOf(upscaleTask, places);
		expect(command.join(' ')).toContain('--num_steps 10 --offload_text_encoder_model');
		expect(command.join(' ')).toContain('--video_save_name output_4k');
		expect(resultOf(upscaleTask).has('output_4k.mp4')).toBe(true);
	});
});
