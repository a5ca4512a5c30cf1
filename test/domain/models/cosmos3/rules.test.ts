import {describe, expect, it} from 'vitest';
import {
	gpuNeedsOf,
	modeForInputs,
	modeOf,
	outlookOf,
} from '../../../../source/domain/models/families.js';
import type {Inputs} from '../../../../source/domain/models/family.js';
import {
	carryOver,
	changedSettings,
	defaultsOf,
	resolveSettings,
} from '../../../../source/domain/settings/settings-tables.js';
import {image, taskOf, video} from './cosmos3-task.js';

const resolve = (mode: string, inputs: Inputs, given = {}) =>
	resolveSettings({operation: 'transfer', model: 'cosmos3', mode}, given, inputs);
const refused = (mode: string, inputs: Inputs, given = {}) =>
	modeOf({model: 'cosmos3', mode}).refusedInput?.(taskOf(mode, given, inputs).settings, inputs);

it.each([
	[[], 'text2video'],
	[['image'], 'image2video'],
	[['color'], 'transfer'],
	[['depth'], 'transfer'],
	[['image', 'edge'], 'transfer'],
])('takes %j for %s', (there, mode) => {
	expect(modeForInputs('cosmos3', there).name).toBe(mode);
});

describe('a setting that does nothing', () => {
	it.each([
		[
			'transfer',
			[video('depth')],
			{edge: 'the prompt has no edge, and no source to compute it from'},
		],
		['transfer', [video('color')], {seg: 'the prompt has no seg; Cosmos 3 does not compute it'}],
		[
			'transfer',
			[video('depth')],
			{depth: 'the weight of a single control does nothing: use control guidance'},
		],
		[
			'transfer',
			[video('depth')],
			{aspectRatio: 'without a source it is that of the first control'},
		],
		['transfer', [video('color'), video('depth')], {fps: 'it is that of the source'}],
		['transfer', [video('color')], {blur: 'blur is not used'}],
		['transfer', [video('edge')], {canny: 'edge is from a file'}],
		['transfer', [image('edge')], {frames: 'the result is a picture'}],
		['reasoner', [image('image')], {videoFps: 'the prompt has a picture'}],
	])('in %s of %j says why', (mode, inputs, words) => {
		expect(resolve(mode, inputs).unused).toMatchObject(words);
	});

	it('is refused when it is given, and accepted as it is', () => {
		const inputs = [video('depth', {width: 720, height: 1280})];
		expect(() => taskOf('transfer', {aspectRatio: '16:9'}, inputs)).toThrow(
			'--aspect-ratio: without a source it is that of the first control',
		);
		expect(taskOf('transfer', {aspectRatio: '9:16'}, inputs).settings.aspectRatio).toBe('9:16');
		expect(() => taskOf('transfer', {depth: 0.5}, inputs)).toThrow('--depth: the weight');
		expect(() => taskOf('transfer', {seg: 1}, inputs)).toThrow('--seg: the prompt has no seg');
	});

	it('depends on the checkpoint', () => {
		const fast = {checkpoint: 'Cosmos3-Super-Text2Image-4Step'};
		expect(resolve('text2image', [], fast)).toMatchObject({
			values: {steps: 4, guidance: 1, resolution: '768'},
			unused: {
				steps: 'Cosmos3-Super-Text2Image-4Step always does 4 steps, and guides itself',
			},
		});
		expect(() => taskOf('text2image', {...fast, steps: 9})).toThrow('--steps: Cosmos3-Super');
		expect(() => taskOf('text2video', {checkpoint: 'Cosmos3-Edge', sound: true})).toThrow(
			'--sound: Cosmos3-Edge makes no sound',
		);
	});
});

it('has the size and the length of the checkpoint', () => {
	expect(resolve('text2video', [], {checkpoint: 'Cosmos3-Edge'}).values).toMatchObject({
		resolution: '480',
		frames: 121,
	});
	expect(resolve('transfer', [video('depth')], {checkpoint: 'Cosmos3-Edge'}).values).toMatchObject({
		resolution: '480',
		frames: 121,
	});
});

it('says what values come to', () => {
	expect(resolve('text2video', [], {frames: 190}).meanings).toEqual({
		aspectRatio: '1280\u00d7720',
		frames: '193 frames, 8.0 s',
	});
	const long = [video('color', {frames: 300}), video('depth', {frames: 300})];
	expect(resolve('transfer', long, {edge: 0.5}).meanings).toEqual({
		aspectRatio: '1280\u00d7720',
		frames: '300 frames, 10.0 s',
		chunkFrames: '4 chunks',
		edge: 'computed from the source',
		depth: 'from depth.mp4',
	});
});

it.each<[string, Inputs, object, object]>([
	['text2video', [], {frames: 190}, {width: 1280, height: 720, frames: 193, fps: 24, parts: 1}],
	['text2image', [], {aspectRatio: '1:1'}, {width: 960, height: 960, frames: 1}],
	[
		'transfer',
		[video('color', {frames: 300, fps: 30}), video('depth', {frames: 250, fps: 25})],
		{resolution: '480'},
		{width: 832, height: 480, frames: 250, fps: 30, parts: 3},
	],
	[
		'transfer',
		[video('depth', {width: 720, height: 1280, frames: 60, fps: 30})],
		{},
		{width: 720, height: 1280, frames: 60, fps: 30, parts: 1},
	],
	['transfer', [image('edge')], {}, {frames: 1}],
])('says what %s makes', (mode, inputs, given, result) => {
	const {settings} = taskOf(mode, given, inputs);
	const launch = {promptText: 'x', negative: '', settings, inputs};
	expect(outlookOf({model: 'cosmos3', mode}, launch).result).toMatchObject(result);
});

describe('what the program would refuse, or fail at', () => {
	it.each([
		['transfer', [video('color')], {edge: 0}, '--edge: all weights are 0'],
		['transfer', [video('depth')], {depth: 0}, '--depth: all weights are 0'],
		[
			'transfer',
			[video('depth', {frames: 300})],
			{overlap: 93},
			'--overlap: must be smaller than the 93 frames',
		],
		['text2video', [], {guidance: 7.5}, '--guidance must be 0 to 7, not 7.5'],
		['text2video', [], {resolution: '1080'}, '--resolution must be one of 256, 480, 704, 720, 768'],
		['text2video', [], {aspectRatio: '21:9'}, '--aspect-ratio must be one of'],
		['text2video', [], {fps: 29.97}, '--fps must be a whole number, not 29.97'],
		['text2video', [], {checkpoint: 'Cosmos3-Super-Text2Image'}, '--checkpoint must be one of'],
		[
			'video2video',
			[video('color')],
			{keptLatents: 48},
			'--kept-latents: must be fewer than the 48',
		],
		['reasoner', [image('image')], {sampling: true, topP: 1.5}, '--top-p must be 0.01 to 1'],
	])('in %s: %j %j', (mode, inputs, given, message) => {
		expect(() => taskOf(mode, given, inputs)).toThrow(message);
	});

	it.each([
		[
			'transfer',
			[video('color', {path: '/v/a.mov'})],
			'color has to end in .mp4, .png, .jpg, .jpeg: /v/a.mov',
		],
		[
			'transfer',
			[image('edge', {path: '/v/a.webp'})],
			'edge has to end in .mp4, .mov, .mkv, .webm, .png, .jpg, .jpeg: /v/a.webp',
		],
		[
			'transfer',
			[video('depth'), image('seg')],
			'depth is a video and seg is not: all have to be of one kind',
		],
		['video2video', [video('color', {path: '/v/a.mkv'})], 'color has to end in .mp4: /v/a.mkv'],
		['image2video', [image('image')], undefined],
		['transfer', [video('depth', {path: '/v/a.mkv'})], undefined],
	])('in %s as an input: %j', (mode, inputs, message) => {
		expect(refused(mode, inputs)).toBe(message);
	});
});

it('needs the GPUs of its checkpoint', () => {
	expect(gpuNeedsOf('cosmos3', {checkpoint: 'Cosmos3-Nano'})).toMatchObject({memory: 32, gpus: 1});
	expect(gpuNeedsOf('cosmos3', {checkpoint: 'Cosmos3-Super'})).toMatchObject({memory: 32, gpus: 4});
	expect(gpuNeedsOf('cosmos3', {checkpoint: 'Cosmos3-Edge'})).not.toHaveProperty('memory');
});

it('gives long work more time, and short work an hour', () => {
	const limitOf = (mode: string, inputs: Inputs, given = {}) =>
		resolve(mode, inputs, given).values.timeLimit;
	expect(limitOf('text2image', [])).toBe(3600);
	expect(limitOf('text2video', [])).toBe(3600);
	expect(limitOf('transfer', [video('depth', {frames: 650})])).toBeGreaterThan(10_000);
	expect(limitOf('transfer', [video('depth', {frames: 5000})], {outputs: 16})).toBe(172_800);
});

describe('the warnings of a launch', () => {
	const warningsOf = (mode: string, inputs: Inputs, given = {}) => {
		const {promptText, negative, settings} = taskOf(mode, given, inputs);
		const launch = {promptText, negative, settings, inputs};
		return outlookOf({model: 'cosmos3', mode}, launch).warnings;
	};

	it('are none for what is usual', () => {
		expect(warningsOf('text2video', [])).toEqual([]);
		expect(warningsOf('text2image', [])).toEqual([]);
		expect(warningsOf('transfer', [video('color'), video('depth')])).toEqual([]);
		expect(warningsOf('reasoner', [image('image')])).toEqual([]);
	});

	it('name an input that the mode does not use', () => {
		expect(warningsOf('text2video', [video('color'), video('depth')])).toEqual([
			'color is ignored: text2video does not use it',
			'depth is ignored: text2video does not use it',
		]);
		expect(warningsOf('transfer', [video('color'), image('image')])).toEqual([
			'image is ignored: color is the source',
		]);
	});

	it('name what the model was not trained for', () => {
		expect(warningsOf('text2video', [], {frames: 401, fps: 60})).toEqual([
			'401 frames at 720: the model was trained for 24 to 200',
			'60 frames per second: the model was trained for 10 to 30',
		]);
		const edge = {checkpoint: 'Cosmos3-Edge', resolution: '720'};
		expect(warningsOf('text2image', [], edge)).toEqual([
			'resolution 720: Cosmos3-Edge was trained for 256, 480',
		]);
		expect(warningsOf('transfer', [video('depth', {frames: 900})])).toEqual([]);
	});
});

it('makes as many frames as the first control has, whatever is asked for', () => {
	const inputs = [video('depth', {frames: 48})];
	const {settings} = taskOf('transfer', {frames: 300}, inputs);
	const {bars, outlook} = modeOf({model: 'cosmos3', mode: 'transfer'});
	expect(bars?.count?.({settings, inputs})).toBe(1);
	expect(bars?.count?.({settings, inputs: [video('depth', {frames: 300})]})).toBe(7);
	expect(outlook?.({promptText: '', negative: '', settings, inputs}).warnings).toEqual([
		'frames 300: the first control has 48, so the result has as many',
	]);
});

it('knows what a run has from its inputs, and what somebody has set', () => {
	const inputs = [video('color', {frames: 48, fps: 25, width: 720, height: 1280}), video('depth')];
	const {settings} = taskOf('transfer', {steps: 20, guidance: 4}, inputs);
	const run = {operation: 'transfer', model: 'cosmos3', mode: 'transfer', settings} as const;
	expect(changedSettings({...run, inputs})).toEqual({steps: 20, guidance: 4});
	expect(carryOver({...run, inputs}, 'transfer2.5')).toEqual({steps: 20, guidance: 4});
	const blurred = {...run, settings: taskOf('transfer', {vis: 1}, [video('color')]).settings};
	expect(changedSettings({...blurred, inputs: [video('color')]})).toEqual({vis: 1, edge: 0});
	// Of earlier versions nothing but the table is known.
	const [{width: _, ...older}, depth] = inputs as [(typeof inputs)[0], (typeof inputs)[0]];
	expect(changedSettings({...run, inputs: [older, depth] as never})).toMatchObject({fps: 25});
});

it('takes nothing over from another family that means something else here', () => {
	const settings = {...defaultsOf('transfer'), edge: 0.5, vis: 0, fps: 30, steps: 20, seed: 7};
	const run = {operation: 'transfer', model: 'transfer1', settings} as const;
	expect(carryOver(run, 'cosmos3', 'transfer')).toEqual({steps: 20, seed: 7});
	expect(carryOver(run, 'transfer2.5', 'transfer')).toMatchObject({edge: 0.5, vis: 0});
});
