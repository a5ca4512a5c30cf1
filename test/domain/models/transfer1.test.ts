import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {knownRoles} from '../../../source/domain/models/roles.js';
import {transfer1, transferJob} from '../../../source/domain/models/transfer1.js';
import type {TaskOf} from '../../../source/domain/types.js';
import {defaultSettings} from '../../default-settings.js';
import {transferTask} from './tasks.js';

const places = {
	runFolder: 'cosmos-runs/run_000000001abc',
	inputs: {color: 'cosmos-inputs/a.mp4', depth: 'cosmos-inputs/b.mp4'},
	gpuCount: 1,
};

const job = (change: Partial<TaskOf<'transfer'>> = {}, gpuCount = 1) =>
	transferJob({...transferTask, ...change}, {...places, gpuCount});
const specOf = (change: Partial<TaskOf<'transfer'>> = {}) =>
	JSON.parse(job(change).files[0]?.text ?? '');

describe('transferJob', () => {
	it('names the file of a control that has one, and lets the model compute the others', () => {
		expect(specOf()).toEqual({
			prompt: 'A street',
			input_video_path: 'cosmos-inputs/a.mp4',
			vis: {control_weight: 0.25},
			edge: {control_weight: 0.25},
			depth: {control_weight: 0.25, input_control: 'cosmos-inputs/b.mp4'},
			seg: {control_weight: 0.25},
		});
	});

	it('omits a control of weight 0 and its file', () => {
		expect(specOf({settings: {...defaultSettings, depth: 0}})).not.toHaveProperty('depth');
	});

	it('keeps every text out of the command line and unchanged in the spec', () => {
		fc.assert(
			fc.property(
				fc.string({unit: 'binary', minLength: 1}),
				fc.string({unit: 'binary'}),
				(promptText, negative) => {
					const spec = specOf({promptText, negative});
					expect(spec.prompt).toBe(promptText);
					expect(spec.negative_prompt ?? '').toBe(negative);
					expect(job({promptText, negative}).command).toEqual(job().command);
				},
			),
		);
	});

	it('starts a process for each GPU', () => {
		const {command} = job({}, 4);
		expect(command).toContain('--nproc_per_node=4');
		expect(command[command.indexOf('--num_gpus') + 1]).toBe('4');
	});

	it('takes one step with the distilled model', () => {
		const {command} = job({settings: {...defaultSettings, distilled: true}});
		expect(command[command.indexOf('--num_steps') + 1]).toBe('1');
		expect(command).toContain('--use_distilled');
	});
});

describe('the inputs', () => {
	it('include the files of active controls, but no masks', () => {
		const settings = {...defaultSettings, seg: 0, vis: 0};
		const needed = knownRoles.filter(role => transfer1.modes[0].needs(role, settings));
		expect(needed).toEqual(['edge', 'depth']);
	});
});
