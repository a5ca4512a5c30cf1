import fc from 'fast-check';
import {expect, it} from 'vitest';
import type {VideoFacts} from '../../simulator/input-video.js';
import {chunksOf, sizeOf} from '../../simulator/long-video.js';
import type {Sample} from '../../simulator/sample.js';
import {clipsOf, formOf} from '../../simulator/transfer-clips.js';
import {outlookOf} from '../../source/domain/models/families.js';
import {defaultsOf} from '../../source/domain/settings/settings-tables.js';

/** A video of any shape, with the usual ones among them. */
const shape = fc.oneof(
	fc.constantFrom(
		...[
			[1280, 704],
			[1920, 1080],
			[1080, 1920],
			[640, 480],
			[480, 640],
			[960, 960],
			[1920, 800],
		].map(([width = 0, height = 0]) => ({width, height})),
	),
	fc.record({width: fc.integer({min: 16, max: 4000}), height: fc.integer({min: 16, max: 4000})}),
);
const video = fc
	.tuple(
		shape,
		fc.oneof(fc.integer({min: 1, max: 6000}), fc.constantFrom(1, 2, 121, 122, 5000, 5001)),
	)
	.map(([size, frames]) => ({...size, frames}));

const inputOf = (role: string, facts: {width: number; height: number; frames: number}) => ({
	...{role, path: `/in/${role}.mp4`, size: 1, fps: 24},
	...facts,
});
const factsOf = (one: object) => ({file: 'x', fps: 24, ...one}) as VideoFacts;

it('Transfer1 takes what its simulator takes, and makes as many frames in as many clips', () => {
	fc.assert(
		fc.property(video, fc.option(video), (color, depth) => {
			const inputs = [inputOf('color', color), ...(depth ? [inputOf('depth', depth)] : [])];
			const settings = defaultsOf('transfer', 'transfer1');
			const {misfit, result} = outlookOf(
				{model: 'transfer1'},
				{promptText: 'x', negative: '', settings, inputs},
			);
			let made: {frames: number; clips: number} | undefined;
			try {
				const {frames} = formOf([color, ...(depth ? [depth] : [])].map(factsOf), 4);
				made = {frames, clips: clipsOf(frames)};
			} catch {
				made = undefined;
			}

			expect([misfit === undefined, result?.frames, result?.parts]).toEqual(
				made ? [true, made.frames, made.clips] : [false, result?.frames, result?.parts],
			);
		}),
		{numRuns: 1000},
	);
});

it('Transfer2.5 makes the size and the chunks of its simulator', () => {
	const given = fc.record({
		color: video.filter(({frames}) => frames > 1),
		framesPerChunk: fc.integer({min: 1, max: 47}).map(n => 4 * n + 1),
		conditionalFrames: fc.integer({min: 0, max: 2}),
		maxFrames: fc.integer({min: 2, max: 5000}),
		resolution: fc.constantFrom('1080', '1024', '720', '512', '480', '256'),
	});
	fc.assert(
		fc.property(given, ({color, ...changed}) => {
			const settings = {
				...defaultsOf('transfer', 'transfer2.5'),
				...changed,
				keepInputResolution: false,
			};
			const inputs = [inputOf('color', color)];
			const launch = {promptText: 'x', negative: '', settings, inputs};
			const {misfit, result} = outlookOf({model: 'transfer2.5'}, launch);
			const sample = {
				num_video_frames_per_chunk: changed.framesPerChunk,
				num_conditional_frames: changed.conditionalFrames,
			} as Sample;
			const frames = Math.min(color.frames, changed.maxFrames);
			expect(misfit).toBeUndefined();
			expect(result).toMatchObject({
				...sizeOf(factsOf(color), changed.resolution),
				frames,
				parts: chunksOf(frames, sample),
			});
		}),
		{numRuns: 1000},
	);
});
