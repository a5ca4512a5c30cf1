import {stat} from 'node:fs/promises';
import path from 'node:path';
import {ALL_FORMATS, FilePathSource, Input} from 'mediabunny';
import {type Frame, PythonError, repr} from './python/python-error.js';

/** `file` is absolute. */
export type VideoFacts = {
	file: string;
	width: number;
	height: number;
	frames: number;
	fps: number;
};

const reading: readonly Frame[] = [
	{
		file: 'cosmos_transfer1/diffusion/inference/inference_utils.py',
		line: 560,
		name: 'read_video_or_image_into_frames_BCTHW',
		code: 'loaded_data = load_from_fileobj(input_path, format=input_path_format)',
	},
];

/**
 * Looks into a video as the original does when it loads the frames.
 * @param file relative to the checkout, or absolute
 * @throws PythonError when there is no such file, or no video in it
 */
export async function readVideo(file: string, checkout: string): Promise<VideoFacts> {
	const full = path.resolve(checkout, file);
	const found = await stat(full).catch(() => undefined);
	if (!found?.isFile()) {
		throw new PythonError('FileNotFoundError', `No such file: ${repr(full)}`, reading);
	}

	const input = new Input({source: new FilePathSource(full), formats: ALL_FORMATS});
	try {
		const track = await input.getPrimaryVideoTrack();
		const stats = await track?.computePacketStats();
		if (track && stats && stats.packetCount > 0) {
			const {packetCount: frames, averagePacketRate: fps} = stats;
			return {file: full, width: track.displayWidth, height: track.displayHeight, frames, fps};
		}
	} catch {
		// What the library says of a broken file is not what ffmpeg says.
	} finally {
		input.dispose();
	}

	throw new PythonError(
		'OSError',
		`Could not load meta information\n=== stderr ===\n${full}: Invalid data found when processing input`,
		reading,
	);
}
