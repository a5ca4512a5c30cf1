import {CosmosError} from '../domain/errors.js';
import type {Sequence} from '../domain/sequence.js';
import {runFfmpeg} from './run-ffmpeg.js';

type Encoding = {
	sequence: Sequence;
	/** Where the frames are. */
	folder: string;
	fps: number;
	/** The video to write. */
	file: string;
	/** Called with the number of frames done. */
	onFrame: (done: number) => void;
	signal?: AbortSignal;
};

/** x264's quality, 0 to 51: depth and segmentation are data and lose almost nothing. */
const quality = {color: 16, vis: 16, edge: 12, depth: 8, seg: 8};

/**
 * Encodes a sequence as H.264, 4:2:0, which every program reads; odd sizes get one more line.
 * @throws CosmosError (home) when ffmpeg is not there or fails, (cancelled) by the signal
 */
export async function encodeSequence(encoding: Encoding): Promise<void> {
	const {folder, signal, sequence} = encoding;
	let output = '';
	const {code, lastLine} = await runFfmpeg(argumentsOf(encoding), {
		// The pattern is relative: a folder's name may contain a percent sign.
		cwd: folder,
		cancelled: 'cancelled; the unfinished video was removed',
		onOutput(chunk) {
			output = `${output}${chunk.toString()}`.slice(-4000);
			const frame = [...output.matchAll(/^frame=(\d+)$/gm)].at(-1)?.[1];
			if (frame !== undefined) {
				encoding.onFrame(Number(frame));
			}
		},
		signal,
	});
	if (code !== 0) {
		throw new CosmosError(
			'program-failed',
			`ffmpeg failed on ${sequence.pattern}: ${lastLine || `code ${code}`}`,
			{
				hint: `Try it: ffmpeg -i ${sequence.files[0]} -f null -`,
			},
		);
	}
}

function argumentsOf({sequence, fps, file}: Encoding): string[] {
	return [
		...['-progress', 'pipe:1'],
		...['-f', 'image2', '-framerate', String(fps), '-start_number', String(sequence.start)],
		...['-i', sequence.pattern],
		...['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-an'],
		...['-c:v', 'libx264', '-preset', 'medium', '-crf', String(quality[sequence.role])],
		...['-pix_fmt', 'yuv420p', '-movflags', '+faststart', file],
	];
}
