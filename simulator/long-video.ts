/** How Cosmos-Transfer2.5 makes long videos: in chunks, and at its own sizes. */
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {readVideo, type VideoFacts} from './input-video.js';
import {PythonError} from './python/python-error.js';
import type {Sample} from './sample.js';

/** What is generated: its form and length, and in how many chunks. */
export async function readInputs(
	sample: Sample,
	checkout: string,
): Promise<{like: VideoFacts; chunks: number}> {
	const {video_path, controls, resolution, max_frames = mostFrames} = sample;
	const source = await readVideo(video_path, checkout);
	const size = sizeOf(source, resolution);
	const frames = Math.min(source.frames, max_frames);
	const chunks = chunksOf(frames, sample);
	await pad({frames}, 1, sample);
	for (const {control_path, mask_path} of controls.values()) {
		for (const file of [control_path, mask_path]) {
			if (file !== undefined) {
				await pad(await readVideo(file, checkout), chunks, sample);
			}
		}
	}

	const {image_context_path: image} = sample;
	if (image !== undefined && !/\.(?:png|jpe?g|mp4|avi|mov|mkv|webm)$/i.test(image)) {
		const message = `Invalid image context extension: ${path.extname(image)}`;
		throw failed('ValueError', message);
	}

	const like = {...source, frames, ...(sample.keep_input_resolution ? {} : size)};
	return {like, chunks};
}

/** Each chunk of a shorter video is filled up with its own frames, mirrored. */
async function pad(
	{frames}: Pick<VideoFacts, 'frames'>,
	chunks: number,
	sample: Sample,
): Promise<void> {
	const whole = sample.num_video_frames_per_chunk;
	const inLast = Math.min(whole, frames - (chunks - 1) * newFrames(sample));
	if (inLast <= 0) {
		throw failed('ValueError', noFrames);
	}

	// As in the original: a single frame has no other to be mirrored, and the loop never ends.
	while (inLast === 1 && whole > 1) {
		await wait(60_000);
	}
}

const mostFrames = 5000;
const noFrames = 'No input frames; cannot pad. Verify that video frame counts match.';
const failed = (type: string, message: string) => new PythonError(type, message);
const newFrames = ({num_video_frames_per_chunk, num_conditional_frames}: Sample) =>
	num_video_frames_per_chunk - num_conditional_frames;

export function chunksOf(frames: number, sample: Sample): number {
	const {num_video_frames_per_chunk: whole} = sample;
	if (whole === 1) {
		return 1;
	}

	if (newFrames(sample) === 0) {
		throw failed('ZeroDivisionError', 'integer division or modulo by zero');
	}

	return 1 + Math.max(0, Math.ceil((frames - whole) / newFrames(sample)));
}

/** The model's own sizes, by the text of the resolution and the nearest aspect. */
const sizes: Readonly<Record<string, readonly [number, number][]>> = {
	1080: [
		[1920, 1056],
		[1440, 1056],
		[1024, 1024],
		[1056, 1440],
		[1056, 1920],
	],
	1024: [
		[1280, 768],
		[1280, 1024],
		[1024, 1024],
		[1024, 1280],
		[768, 1280],
	],
	720: [
		[1280, 704],
		[960, 704],
		[960, 960],
		[704, 960],
		[704, 1280],
	],
	512: [
		[640, 384],
		[640, 512],
		[512, 512],
		[512, 640],
		[384, 640],
	],
	480: [
		[768, 432],
		[640, 480],
		[480, 480],
		[480, 640],
		[432, 768],
	],
	256: [
		[320, 192],
		[320, 256],
		[256, 256],
		[256, 320],
		[192, 320],
	],
};
const aspects = [16 / 9, 4 / 3, 1, 3 / 4, 9 / 16];

export function sizeOf(
	{width, height}: VideoFacts,
	resolution: string,
): Pick<VideoFacts, 'width' | 'height'> {
	const distances = aspects.map(aspect => (aspect - width / height) ** 2);
	const found = sizes[resolution]?.[distances.indexOf(Math.min(...distances))];
	if (!found) {
		throw failed('KeyError', `'${resolution}'`);
	}

	return {width: found[0], height: found[1]};
}
