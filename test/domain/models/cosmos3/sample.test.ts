import {describe, expect, it} from 'vitest';
import type {Inputs} from '../../../../source/domain/models/family.js';
import {batchJobOf, jobOf} from '../../../../source/domain/models/models.js';
import {image, taskOf, video} from './cosmos3-task.js';

function sampleOf(mode: string, inputs: Inputs = [], given = {}, texts = {}) {
	const places = Object.fromEntries(
		inputs.map(({role, path}) => [role, `cosmos-inputs/${role}${path.slice(-4)}`]),
	);
	const {files} = jobOf(
		{...taskOf(mode, given, inputs), ...texts},
		{runFolder: 'cosmos-runs/r', inputs: places, gpuCount: 1},
	);
	return JSON.parse(files[0]?.text ?? '');
}

const video0 = {
	name: 'outputs',
	prompt: 'A street',
	negative_prompt_keep_metadata: true,
	resolution: '720',
	aspect_ratio: '16,9',
	num_steps: 35,
	guidance: 6,
	shift: 10,
	seed: 0,
	num_outputs: 1,
	fps: 24,
	num_frames: 189,
	enable_sound: false,
	video_save_quality: 10,
};
const image0 = {
	name: 'outputs',
	prompt: 'A street',
	resolution: '720',
	aspect_ratio: '1,1',
	num_steps: 50,
	guidance: 4,
	shift: 3,
	seed: 0,
	num_outputs: 1,
	num_frames: 1,
	image_save_quality: 95,
};

describe('the sample', () => {
	it('of a text says every value', () => {
		expect(sampleOf('text2video')).toEqual({...video0, model_mode: 'text2video'});
		expect(sampleOf('text2image')).toEqual({...image0, model_mode: 'text2image'});
	});

	it('of a source has its shape and its frame rate', () => {
		expect(sampleOf('image2video', [image('image')])).toEqual({
			...video0,
			model_mode: 'image2video',
			vision_path: '../../cosmos-inputs/image.png',
			condition_frame_indexes_vision: [0],
			aspect_ratio: '4,3',
		});
		expect(sampleOf('video2video', [video('color', {fps: 29.97, width: 90, height: 160})])).toEqual(
			{
				...video0,
				model_mode: 'video2video',
				vision_path: '../../cosmos-inputs/color.mp4',
				condition_frame_indexes_vision: [0, 1],
				condition_video_keep: 'first',
				aspect_ratio: '9,16',
				fps: 30,
			},
		);
		expect(sampleOf('image2image', [image('image')])).toEqual({
			...image0,
			model_mode: 'image2image',
			vision_path: '../../cosmos-inputs/image.png',
			condition_frame_indexes_vision: [0],
			aspect_ratio: '4,3',
			num_steps: 35,
			guidance: 6,
			shift: 5,
		});
	});

	it('has a negative text where there is one, and a structured text as a text', () => {
		const text = '{"subjects": [], "fps": 24}';
		expect(sampleOf('text2video', [], {}, {promptText: text, negative: 'fog'})).toMatchObject({
			prompt: text,
			negative_prompt: 'fog',
		});
	});

	it('of a question has no values of pictures', () => {
		const common = {
			name: 'outputs',
			model_mode: 'reasoner',
			prompt: 'A street',
			vision_path: '../../cosmos-inputs/image.png',
			seed: 0,
			max_new_tokens: 1024,
			do_sample: false,
			temperature: 1,
			top_p: 1,
			repetition_penalty: 1,
			presence_penalty: 0,
			video_fps: 2,
		};
		expect(sampleOf('reasoner', [image('image')], {}, {negative: 'fog'})).toEqual(common);
		expect(sampleOf('reasoner', [image('image')], {sampling: true, topK: 20})).toEqual({
			...common,
			do_sample: true,
			top_k: 20,
		});
	});

	it('of a batch has a name of its own', () => {
		const {files} = batchJobOf([taskOf('text2video'), taskOf('text2video', {seed: 5})], {
			runFolder: 'cosmos-runs/r',
			inputs: [{}, {}],
			gpuCount: 1,
		});
		expect(files.map(({name}) => name)).toEqual(['batch.jsonl']);
		const samples = files[0]?.text
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line));
		expect(samples).toMatchObject([
			{name: 'sample_0', seed: 0},
			{name: 'sample_1', seed: 5},
		]);
	});
});

describe('the sample of a transfer', () => {
	const transfer0 = {
		name: 'outputs',
		model_mode: 'video2video',
		prompt: 'A street',
		negative_prompt_keep_metadata: false,
		negative_metadata_mode: 'none',
		share_vision_temporal_positions: true,
		resolution: '720',
		aspect_ratio: '16,9',
		num_steps: 35,
		guidance: 3,
		control_guidance: 1.5,
		shift: 10,
		seed: 0,
		num_outputs: 1,
		fps: 30,
		max_frames: 121,
		num_frames: 121,
		num_video_frames_per_chunk: 121,
		num_conditional_frames: 1,
		num_first_chunk_conditional_frames: 0,
		emphasize_control_in_prompt: true,
		show_control_condition: false,
		show_input: false,
		video_save_quality: 10,
	};

	it('computes the edges of a source that has no controls', () => {
		expect(sampleOf('transfer', [video('color')])).toEqual({
			...transfer0,
			vision_path: '../../cosmos-inputs/color.mp4',
			edge: {weight: 1, preset_edge_threshold: 'medium'},
		});
	});

	it.each([
		['depth', 'depth', {}],
		['seg', 'seg', {control_guidance: 2}],
		['vis', 'blur', {}],
		['wsm', 'wsm', {guidance: 1, control_guidance: 3}],
	])('of %s alone has the values that NVIDIA gives it', (role, hint, values) => {
		const presets = hint === 'blur' ? {preset_blur_strength: 'medium'} : {};
		expect(sampleOf('transfer', [video(role)])).toEqual({
			...transfer0,
			...values,
			[hint]: {control_path: `../../cosmos-inputs/${role}.mp4`, weight: 1, ...presets},
		});
	});

	it('of several has the values of several, in the order of NVIDIA', () => {
		const sample = sampleOf('transfer', [video('color'), video('seg'), video('edge')], {seg: 0.5});
		expect(sample).toMatchObject({guidance: 6, control_guidance: 1});
		expect(Object.keys(sample).slice(-2)).toEqual(['edge', 'seg']);
		expect(sample.edge).toMatchObject({weight: 1});
		expect(sample.seg).toEqual({control_path: '../../cosmos-inputs/seg.mp4', weight: 0.5});
	});

	it('that is long is made in chunks', () => {
		expect(sampleOf('transfer', [video('depth', {frames: 300})])).toMatchObject({
			max_frames: 300,
			num_video_frames_per_chunk: 93,
		});
		expect(sampleOf('transfer', [video('wsm', {frames: 300})])).toMatchObject({
			num_video_frames_per_chunk: 101,
		});
		expect(sampleOf('transfer', [video('depth', {frames: 300})], {frames: 90})).toMatchObject({
			max_frames: 90,
			num_video_frames_per_chunk: 93,
		});
	});

	it('of a picture makes a picture', () => {
		expect(sampleOf('transfer', [image('edge', {width: 300, height: 400})])).toMatchObject({
			model_mode: 'image2image',
			num_frames: 1,
			max_frames: 1,
			aspect_ratio: '3,4',
			image_save_quality: 95,
			edge: {control_path: '../../cosmos-inputs/edge.png'},
		});
	});
});
