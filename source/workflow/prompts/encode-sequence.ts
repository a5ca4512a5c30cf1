import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import type {Sequence} from '../../domain/inputs/sequence.js';
import type {Transfer} from '../../domain/inputs/sequence-role.js';
import {runFfmpeg} from '../run-ffmpeg.js';
import {type DepthRange, readDepth, toGray} from './depth-frames.js';

export type Encoding = {
	sequence: Sequence;
	/** Where the frames are. */
	folder: string;
	fps: number;
	/** Of the frames. */
	width: number;
	height: number;
	/** The video to write. */
	file: string;
	transfer: Transfer;
	/** The frames are distances; these become white and black. */
	depth?: DepthRange;
	/** Called with the number of frames done. */
	onFrame: (done: number) => void;
	signal?: AbortSignal;
};

/** x264's quality, 0 to 51: what is data loses almost nothing. */
const quality = {color: 16, vis: 16, edge: 12};
const qualityOfData = 8;

/**
 * Encodes a sequence as H.264, 4:2:0, which every program reads; odd sizes get one more line.
 * @throws CosmosError (usage) that names a damaged frame, (home) when ffmpeg is not there or fails,
 * (cancelled) by the signal
 */
export async function encodeSequence(encoding: Encoding): Promise<void> {
	const {folder, signal, sequence, depth} = encoding;
	const {files} = sequence;
	let output = '';
	let frames = 0;
	const {code, lastLine} = await runFfmpeg(argumentsOf(encoding), {
		// The pattern is relative: a folder's name may contain a percent sign.
		cwd: folder,
		cancelled: 'cancelled; the unfinished video was removed',
		onOutput(chunk) {
			output = `${output}${chunk.toString()}`.slice(-4000);
			const frame = [...output.matchAll(/^frame=(\d+)$/gm)].at(-1)?.[1];
			if (frame !== undefined) {
				frames = Number(frame);
				encoding.onFrame(frames);
			}
		},
		...(depth && {input: grayFrames(folder, files, depth)}),
		signal,
	});
	if (code === 0 && lastLine === '' && frames === files.length) {
		return;
	}

	const damaged = depth ? undefined : await findDamaged(encoding, frames);
	if (damaged) {
		throw new CosmosError('bad-input', `${path.join(folder, damaged)} is damaged`, {
			hint: 'Render or copy this frame again.',
		});
	}

	const why =
		lastLine ||
		(code === 0 ? `it made ${frames} frames of ${files.length}` : `it ended with code ${code}`);
	throw new CosmosError('program-failed', `ffmpeg failed on ${sequence.name}: ${why}`, {
		hint: `Try it: ffmpeg -i ${files[0]} -f null -`,
	});
}

async function* grayFrames(folder: string, files: readonly string[], depth: DepthRange) {
	for (const file of files) {
		yield toGray(await readDepth(path.join(folder, file)), depth);
	}
}

/** Frames that ffmpeg decodes ahead of the one that it reports. */
const ahead = 100;

/** The first frame, from those last reported on, that ffmpeg does not decode without complaint. */
async function findDamaged(
	{folder, sequence: {files}, signal}: Encoding,
	done: number,
): Promise<string | undefined> {
	for (const file of files.slice(Math.max(0, done - ahead))) {
		const words = ['-xerror', '-i', `file:${file}`, '-f', 'null', '-'];
		const {code, lastLine} = await runFfmpeg(words, {cwd: folder, signal});
		if (code !== 0 || lastLine !== '') {
			return file;
		}
	}

	return undefined;
}

const curves: Readonly<Record<Transfer, string>> = {
	srgb: 'iec61966_2_1',
	bt709: 'bt709',
	none: 'linear',
};

function argumentsOf(encoding: Encoding): string[] {
	const {sequence, fps, file} = encoding;
	const crf = quality[sequence.role as keyof typeof quality] ?? qualityOfData;
	return [
		...['-progress', 'pipe:1', '-xerror'],
		...sourceOf(encoding),
		...['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-an', '-r', String(fps)],
		...['-c:v', 'libx264', '-preset', 'medium', '-crf', String(crf)],
		...['-pix_fmt', 'yuv420p', '-movflags', '+faststart', file],
	];
}

function sourceOf({sequence, fps, width, height, transfer, depth}: Encoding): string[] {
	const rate = ['-framerate', String(fps)];
	if (depth) {
		return [
			...['-f', 'rawvideo', '-pix_fmt', 'gray', '-video_size', `${width}x${height}`],
			...[...rate, '-i', 'pipe:0'],
		];
	}

	const isExr = /\.exr$/i.test(sequence.pattern);
	return [
		...(isExr ? ['-apply_trc', curves[transfer]] : []),
		...['-f', 'image2', ...rate, '-start_number', String(sequence.start)],
		...['-i', sequence.pattern],
	];
}
