import {stat} from 'node:fs/promises';
import {constants, setPriority} from 'node:os';
import path from 'node:path';
import {setTimeout as rest} from 'node:timers/promises';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {framesOf} from '../../domain/inputs/media.js';
import {
	type Fineness,
	pictureFrames,
	pictureOf,
	pictureSize,
	type VideoPicture,
} from '../../domain/inputs/video-picture.js';
import {inspectInput} from '../../executor/media/inspect-file.js';
import {openByteCache} from '../../store/byte-cache.js';
import {runFfmpeg} from '../run-ffmpeg.js';

/** Bytes of cached pictures: about 400 videos, or 60 that the terminal draws itself. */
const capacity = 128 * 2 ** 20;
/** Milliseconds to wait before a picture is made: a user who moves on wants none. */
const settles = 150;

/** Makes pictures of videos with ffmpeg, each once. */
export type PictureMaker = {
	/**
	 * The picture of a video file, cached in the data folder from then on.
	 * @param signal ends ffmpeg
	 * @throws CosmosError (home) when ffmpeg is missing or fails, (usage) when the file cannot be read
	 * or is not a video; any error when the signal has aborted it
	 */
	picture: (file: string, fineness: Fineness, signal: AbortSignal) => Promise<VideoPicture>;
};

export function createPictureMaker(dataDir: string): PictureMaker {
	const cache = openByteCache(path.join(dataDir, 'cache', 'pictures'), capacity);
	return {
		async picture(file, fineness, signal) {
			const key = `${await keyOf(file)} ${fineness}`;
			const kept = decodeCache(await cache.get(key));
			if (kept) {
				return kept;
			}

			await rest(settles, undefined, {signal});
			const picture = await makePicture(file, fineness, signal);
			// Without a cache it is made again the next time.
			await cache.put(key, encodeCache(picture)).catch(() => undefined);
			return picture;
		},
	};
}

async function keyOf(file: string): Promise<string> {
	try {
		const {size, mtimeMs} = await stat(file);
		return `${file} ${size} ${mtimeMs}`;
	} catch (error) {
		const gone = systemCode(error) === 'ENOENT';
		const message = gone ? `${file} does not exist` : `cannot read ${file}: ${messageOf(error)}`;
		throw new CosmosError('bad-input', message, {cause: error});
	}
}

async function makePicture(
	file: string,
	fineness: Fineness,
	signal: AbortSignal,
): Promise<VideoPicture> {
	const input = await inspectInput('color', file);
	const size = pictureSize(input, fineness);
	const wanted = pictureFrames(framesOf(input)).map(number => `eq(n,${number})`);
	const chunks: Buffer[] = [];
	const {code, lastLine} = await runFfmpeg(
		[
			...['-threads', '2', '-i', `file:${file}`, '-an', '-sn', '-dn'],
			// At a constant rate, so that ffmpeg neither repeats nor drops one.
			...['-vf', `select='${wanted.join('+')}',setpts=N/25/TB,scale=${size.width}:${size.height}`],
			...['-r', '25', '-frames:v', String(wanted.length)],
			...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
		],
		{onStart: yieldTo, onOutput: chunk => chunks.push(chunk), signal},
	);
	const picture = pictureOf(Buffer.concat(chunks), size);
	if (picture.frames.length === 0) {
		throw new CosmosError(
			'program-failed',
			`ffmpeg failed on ${file}: ${lastLine || `code ${code}`}`,
		);
	}

	return picture;
}

/** The dashboard's keys come first. */
function yieldTo(pid: number): void {
	try {
		setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
	} catch {
		// It has ended already, or the system does not let us.
	}
}

function encodeCache({width, height, frames}: VideoPicture): Buffer {
	return Buffer.concat([Buffer.from(`rgb ${width} ${height}\n`), ...frames]);
}

/** Undefined for a damaged one, which is made again. */
function decodeCache(bytes: Buffer | undefined): VideoPicture | undefined {
	const head = bytes?.subarray(0, bytes.indexOf('\n') + 1) ?? Buffer.alloc(0);
	const [, width, height] = /^rgb (\d+) (\d+)\n$/.exec(head.toString('latin1')) ?? [];
	const size = {width: Number(width ?? 0), height: Number(height ?? 0)};
	const pixels = bytes?.subarray(head.length);
	return pixels && size.width * size.height > 0 && pixels.length >= size.width * size.height * 3
		? pictureOf(pixels, size)
		: undefined;
}
