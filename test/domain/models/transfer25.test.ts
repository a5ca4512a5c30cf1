import {describe, expect, it} from 'vitest';
import {batchKey} from '../../../source/domain/models/families.js';
import {batchConflict, type Transfer} from '../../../source/domain/models/family.js';
import {knownRoles} from '../../../source/domain/models/roles.js';
import {transfer25} from '../../../source/domain/models/transfer25.js';
import {completeSettings} from '../../../source/domain/settings-check.js';
import {defaultsOf} from '../../../source/domain/settings-tables.js';
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
			task({...edgeOnly, edge: 0.5, canny: 'high', sigmaMax: 90}, {negative: 'fog'}),
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
			sigma_max: '90',
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

	it('omits sigma_max if noise replaces the whole input', () => {
		expect(specOf(task())).not.toHaveProperty('sigma_max');
	});
});

it('starts a process for each GPU', () => {
	const {command} = transfer25.modes[0].job(
		task({...edgeOnly, distilled: true, offloadGuardrails: true}),
		{
			...places,
			gpuCount: 4,
			inputs: {},
		},
	);
	expect(command.slice(0, 4)).toEqual([
		'torchrun',
		'--nproc_per_node=4',
		'--standalone',
		'examples/inference.py',
	]);
	expect(command.slice(-3)).toEqual(['--model', 'edge/distilled', '--offload-guardrail-models']);
});

it('uploads the files and masks of active controls', () => {
	const needs = (given: Record<string, unknown>) => {
		const settings = completeSettings('transfer', given, model);
		return knownRoles.filter(role => transfer25.modes[0].needs(role, settings));
	};

	expect(needs(edgeOnly)).toEqual(['edge', 'edge_mask']);
	expect(needs({...edgeOnly, edgeMask: false})).toEqual(['edge']);
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
		['resolution', '1080', '--resolution must be one of 720, 480, not 1080'],
		['blur', 'huge', '--blur must be one of very_low, low, medium, high, very_high, not huge'],
		['canny', 'huge', '--canny must be one of very_low, low, medium, high, very_high, not huge'],
		['sigmaMax', 201, '--sigma-max must be 0 to 200, not 201'],
		['edgeMask', 'no', '--edge-mask must be on or off, not no'],
		['fps', 24, '--fps is not a setting of transfer2.5'],
		['offloadTextEncoder', true, '--offload-text-encoder is not a setting of transfer2.5'],
		['speed', 1, '--speed is not a setting of transfer2.5'],
	])('rejects %s %s in one line', (key, value, message) => {
		expect(() => completeSettings('transfer', {[key]: value}, model)).toThrow(message);
	});

	it('rejects a run without controls, and the distilled model for controls other than edge', () => {
		expect(() => task({...edgeOnly, edge: 0})).toThrow('all four weights are 0');
		expect(() => task({distilled: true})).toThrow('--distilled: works with edge alone');
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
		const distilled = task({...edgeOnly, distilled: true});
		expect(batchConflict([task(edgeOnly), distilled], transfer25.modes[0])?.setting).toBe(
			'distilled',
		);
		expect(batchKey(distilled, true)).not.toBe(batchKey(task(edgeOnly), true));
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
