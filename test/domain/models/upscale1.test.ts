import {describe, expect, it} from 'vitest';
import {jobOf, resultOf} from '../../../source/domain/models/models.js';
import {defaultsOf} from '../../../source/domain/settings-tables.js';

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

	it('uses ten steps and names its result', () => {
		const {command} = jobOf(upscaleTask, places);
		expect(command.join(' ')).toContain('--num_steps 10 --offload_text_encoder_model');
		expect(command.join(' ')).toContain('--video_save_name output_4k');
		expect(resultOf(upscaleTask).has('output_4k.mp4')).toBe(true);
	});
});
