import {describe, expect, it} from 'vitest';
import {batchKey} from '../../../source/domain/models/families.js';
import {batchConflict, type Transfer} from '../../../source/domain/models/family.js';
import {knownRoles} from '../../../source/domain/models/roles.js';
import {transfer25} from '../../../source/domain/models/transfer25.js';
import {completeSettings} from '../../../source/domain/settings/settings-check.js';
import {defaultsOf} from '../../../source/domain/settings/settings-tables.js';
import {transferTask} from './tasks.js';

const model = 'transfer2.5';
const task = (given: Record<string, unknown> = {}, more: Partial<Transfer> = {}): Transfer => ({
	...transferTask,
	negative: '',
	...more,
	model,
	settings: completeSettings('transfer', given, model),
});
const edgeOnly = {vis: 0, depth: 0, seg: 0};
const places = {runFolder: 'cosmos-runs/run_1', gpuCount: 1};
const specOf = (one: Transfer, inputs: Record<string, string> = {}) => {
	const job = transfer25.modes[0].job(one, {
		...places,
		inputs: {color: 'cosmos-inputs/c.mp4', ...inputs},
	});
	return JSON.parse(job.files[0]?.text ?? '');
};
const batch = transfer25.modes[0].batch ?? expect.fail('no batch');

describe('the spec', () => {
	it('has the keys of the program, paths from its own folder, and no text on the command line', () => {
		const {files, command} = transfer25.modes[0].job(
			task({...edgeOnly, edge: 0.5, canny: 'high'}, {negative: 'fog'}),
			{...places, inputs: {color: 'cosmos-inputs/c.mp4', edge: 'cosmos-inputs/e.mp4'}},
		);
		expect(files.map(({name}) => name)).toEqual(['spec.json']);
		expect(JSON.parse(files[0]?.text ?? '')).toEqual({
			name: 'output',
			prompt: transferTask.promptText,
			negative_prompt: 'fog',
			video_path: '../../cosmos-inputs/c.mp4',
			seed: 2025,
			guidance: 3,
			num_steps: 35,
			resolution: '720',
			keep_input_resolution: true,
			num_video_frames_per_chunk: 93,
			num_conditional_frames: 1,
			edge: {
				control_weight: 0.5,
				control_path: '../../cosmos-inputs/e.mp4',
				preset_edge_threshold: 'high',
			},
		});
		expect(command.join(' ')).toBe(
			'python examples/inference.py -i cosmos-runs/run_1/spec.json -o cosmos-runs/run_1/outputs',
		);
	});

	it('names the mask of an active control, unless it is turned off', () => {
		const masks = {edge_mask: 'cosmos-inputs/m.mp4', vis_mask: 'cosmos-inputs/v.mp4'};
		expect(specOf(task(edgeOnly), masks).edge.mask_path).toBe('../../cosmos-inputs/m.mp4');
		expect(specOf(task(edgeOnly), masks)).not.toHaveProperty('vis');
		expect(specOf(task({edgeMask: false}), masks).edge).not.toHaveProperty('mask_path');
	});

	it('reads the whole video, or as many frames as it is told', () => {
		expect(specOf(task())).not.toHaveProperty('max_frames');
		expect(specOf(task({maxFrames: 93}))).toHaveProperty('max_frames', 93);
	});

	it('takes the style from a picture, unless vis says it', () => {
		const image = {image: 'cosmos-inputs/i.png'};
		expect(specOf(task(edgeOnly), image).image_context_path).toBe('../../cosmos-inputs/i.png');
		expect(specOf(task(), image)).not.toHaveProperty('image_context_path');
	});
});

it('starts a process for each GPU', () => {
	const {command} = transfer25.modes[0].job(task({...edgeOnly, offloadGuardrails: true}), {
		...places,
		gpuCount: 4,
		inputs: {},
	});
	expect(command.slice(0, 4)).toEqual([
		'torchrun',
		'--nproc_per_node=4',
		'--standalone',
		'examples/inference.py',
	]);
	expect(command.at(-1)).toBe('--offload-guardrail-models');
});

it('uploads the files and masks of active controls', () => {
	const needs = (given: Record<string, unknown>) => {
		const settings = completeSettings('transfer', given, model);
		return knownRoles.filter(role => transfer25.modes[0].needs(role, settings));
	};

	expect(needs(edgeOnly)).toEqual(['image', 'edge', 'edge_mask']);
	expect(needs({...edgeOnly, edgeMask: false})).toEqual(['image', 'edge']);
	expect(needs({})).not.toContain('image');
});

describe('before the launch', () => {
	it.each([
		['guidance', 8, '--guidance must be 0 to 7, not 8'],
		['guidance', -1, '--guidance must be 0 to 7, not -1'],
		['guidance', 2.5, '--guidance must be a whole number, not 2.5'],
		['steps', 0, '--steps must be 1 to 100, not 0'],
		['seed', 1.5, '--seed must be a whole number, not 1.5'],
		['edge', 1.01, '--edge must be 0 to 1, not 1.01'],
		['depth', -0.1, '--depth must be 0 to 1, not -0.1'],
		['resolution', '704', '--resolution must be one of 1080, 1024, 720, 512, 480, 256, not 704'],
		['framesPerChunk', 92, '--frames-per-chunk: must be 4n + 1, such as 89'],
		['conditionalFrames', 3, '--conditional-frames must be 0 to 2, not 3'],
		['maxFrames', 1, '--max-frames must be 2 to 5000, not 1'],
		['blur', 'huge', '--blur must be one of very_low, low, medium, high, very_high, not huge'],
		['canny', 'huge', '--canny must be one of very_low, low, medium, high, very_high, not huge'],
		[
			'distilled',
			true,
			'--distilled is no longer a setting of transfer2.5: the distilled model is',
		],
		['edgeMask', 'no', '--edge-mask must be on or off, not no'],
		['fps', 24, '--fps is not a setting of transfer2.5'],
		['offloadTextEncoder', true, '--offload-text-encoder is not a setting of transfer2.5'],
		['speed', 1, '--speed is not a setting of transfer2.5'],
	])('rejects %s %s in one line', (key, value, message) => {
		expect(() => completeSettings('transfer', {[key]: value}, model)).toThrow(message);
	});

	it('rejects a run without controls', () => {
		expect(() => task({...edgeOnly, edge: 0})).toThrow('all four weights are 0');
	});

	it('leaves out what had no effect in an earlier version', () => {
		expect(task({sigmaMax: 90, distilled: false})).toEqual(task());
	});
});

describe('a batch', () => {
	it('is a file with a line per run, whatever its settings', () => {
		const tasks = [task({...edgeOnly, steps: 5}), task(edgeOnly, {negative: 'fog'})];
		const inputs = [{color: 'in/0.mp4'}, {color: 'in/1.mp4', edge: 'in/e.mp4'}];
		const {files, command} = batch.job(tasks, {...places, inputs});
		const lines =
			files[0]?.text
				.trim()
				.split('\n')
				.map(line => JSON.parse(line)) ?? [];
		expect(files.map(({name}) => name)).toEqual([batch.spec]);
		expect(lines.map(({name, num_steps}) => [name, num_steps])).toEqual([
			['video_0', 5],
			['video_1', 35],
		]);
		expect(lines[1]).toMatchObject({
			negative_prompt: 'fog',
			edge: {control_path: '../../in/e.mp4'},
		});
		expect(command.join(' ')).toContain('-i cosmos-runs/run_1/batch.jsonl');
		expect(batchConflict(tasks, transfer25.modes[0])).toBeUndefined();
	});

	it('requires equal process settings', () => {
		const offloads = task({...edgeOnly, offloadGuardrails: true});
		expect(batchConflict([task(edgeOnly), offloads], transfer25.modes[0])?.setting).toBe(
			'offloadGuardrails',
		);
		expect(batchKey(offloads, true)).not.toBe(batchKey(task(edgeOnly), true));
		expect(batchKey(task({steps: 3}), false)).toBe(batchKey(task(), false));
		const other = {...transferTask, settings: defaultsOf('transfer')};
		expect(batchKey(other, true)).not.toBe(batchKey(task(), true));
	});

	it('requires equal controls, mixed or not, but not equal weights', () => {
		const [edge, all] = [task(edgeOnly), task()];
		expect(batchConflict([edge, edge, all], transfer25.modes[0])).toEqual({
			setting: 'controls',
			places: [0, 2],
			values: ['edge', 'vis, edge, depth, seg'],
		});
		expect(batchKey(edge, true)).not.toBe(batchKey(all, true));
		const heavy = task({...edgeOnly, edge: 0.9});
		expect(batchConflict([edge, heavy], transfer25.modes[0])).toBeUndefined();
		expect(batchKey(edge, true)).toBe(batchKey(heavy, true));
	});

	it.each([
		['video_1.mp4', 'output.mp4'],
		['video_1_control_edge.mp4', 'output_control_edge.mp4'],
		['video_1.txt', 'output.txt'],
		['video_10.mp4', undefined],
		['video_0.mp4', undefined],
		['config.yaml', undefined],
	])('passes %s of its second run as %s', (there, here) => {
		expect(batch.nameOf(there, 1)).toBe(here);
	});
});
