/** Reads all frames of a video, scaled to the size in which they are shown. */
import {CosmosError, hintOf, messageOf} from '../../domain/errors.js';
import {framesOf} from '../../domain/inputs/media.js';
import {fitClip} from '../../domain/inputs/video-picture.js';
import {inspectInput} from '../../executor/media/inspect-file.js';
import {frameReader} from '../measure/frame-reader.js';
import {runFfmpeg} from '../run-ffmpeg.js';

/** What is known of a clip before its frames are there. */
export type ClipFacts = {
	/** Pixels of the frames that are read. */
	width: number;
	height: number;
	/** Undefined for an image. */
	fps?: number;
	/** Frames; undefined where nobody has counted them. */
	length?: number;
	/** What is wrong with the file, of which as much is shown as can be decoded. */
	problem?: string;
};

export type ClipRequest = {
	/** Pixels that a frame may have at most. */
	box: {width: number; height: number};
	/** Bytes that all frames together may take: those of a long video are smaller. */
	capacity: number;
	onFacts: (facts: ClipFacts) => void;
	/** Red, green, blue bytes, in rows; a few frames at a time. */
	onFrames: (frames: readonly Uint8Array[]) => void;
	signal: AbortSignal;
};

/** Frames that are reported at once. */
const atOnce = 12;
/** A file that cannot be looked into. */
const usualRate = 24;

/**
 * Resolves when all frames have been reported.
 * @throws CosmosError (usage) for a file without a frame that can be decoded, (home) without ffmpeg; any
 * error when the signal has ended it
 */
export async function readClip(
	file: string,
	{box, capacity, onFacts, onFrames, signal}: ClipRequest,
): Promise<void> {
	const {facts, error} = await lookInto(file, box, capacity);
	signal.throwIfAborted();
	onFacts(facts);
	const {width, height} = facts;
	// Nothing is known of a damaged one, so it is laid into the middle.
	const size = error
		? `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`
		: `scale=${width}:${height}:flags=area`;
	let found = 0;
	let waiting: Uint8Array[] = [];
	const report = () => {
		if (waiting.length > 0 && !signal.aborted) {
			onFrames(waiting);
			waiting = [];
		}
	};

	const {code, lastLine} = await runFfmpeg(
		[
			...[
				'-threads',
				'2',
				'-i',
				`file:${file}`,
				'-an',
				'-sn',
				'-dn',
				'-vf',
				`${size},setpts=N/25/TB`,
			],
			...['-r', '25', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
		],
		{
			cancelled: 'cancelled',
			signal,
			onOutput: frameReader(width * height * 3, frame => {
				found++;
				waiting.push(frame);
				if (waiting.length === atOnce || found === 1) {
					report();
				}
			}),
		},
	);
	report();
	if (found === 0) {
		throw (
			error ??
			new CosmosError('program-failed', `ffmpeg failed on ${file}: ${lastLine || `code ${code}`}`)
		);
	}
}

async function lookInto(
	file: string,
	box: ClipRequest['box'],
	capacity: number,
): Promise<{facts: ClipFacts; error?: unknown}> {
	try {
		const input = await inspectInput('color', file);
		const length = framesOf(input);
		const size = fitClip(input, box, capacity / (3 * length));
		return {facts: {...size, length, ...('fps' in input && {fps: input.fps})}};
	} catch (error) {
		const problem = [messageOf(error), hintOf(error)].filter(Boolean).join('. ');
		return {facts: {...box, fps: usualRate, problem}, error};
	}
}
