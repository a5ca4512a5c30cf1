/** Looks at every frame of a video or an image: is there a picture, and does it move. */
import {stat} from 'node:fs/promises';
import {CosmosError} from '../../domain/errors.js';
import {framesOf} from '../../domain/inputs/media.js';
import {type Flag, findFlag, type MeasureValues} from '../../domain/runs/measures.js';
import {inspectInput} from '../../executor/media/inspect-file.js';
import {runFfmpeg} from '../run-ffmpeg.js';
import {frameReader} from './frame-reader.js';

/** Pixels of the grey pictures that are looked at. */
const width = 160;
const height = 90;

/** A pixel up to this level is black, as for ffmpeg's blackdetect: a tenth of the range. */
const darkest = 25;
/** Share of black pixels of a black frame. */
const blackShare = 0.98;
/** Standard deviation, in levels, below which a frame has no detail. */
const leastDetail = 2;
/** Mean difference of two frames, in levels, below which nothing has moved; ffmpeg's freezedetect: a thousandth. */
const leastMotion = 0.255;

export type Look = {values: MeasureValues; flag?: Flag};
export type MeasureOptions = {
	/** Ends ffmpeg. */
	signal?: AbortSignal;
	/** Frames that were looked at, of all where that is known. */
	onProgress?: (done: number, total: number | undefined) => void;
};

/**
 * Size, length and rate of a result, and how much of it is black, blank or frozen.
 * @throws CosmosError (home) when ffmpeg is missing, (cancelled) by the signal, (usage) when there is
 * no such file
 */
export async function lookAt(
	file: string,
	{signal, onProgress}: MeasureOptions = {},
): Promise<Look> {
	const facts = await readFacts(file);
	if (!facts) {
		return {values: {}, flag: 'unreadable'};
	}

	const seen = startLook();
	const reader = frameReader(width * height, frame => {
		seen.add(frame);
		onProgress?.(seen.count(), facts.frames);
	});
	const {code} = await runFfmpeg(
		[
			...['-threads', '2', '-i', `file:${file}`, '-an', '-sn', '-dn'],
			// At a constant rate, so that ffmpeg neither repeats nor drops a frame.
			...['-vf', `settb=1/25,setpts=N,scale=${width}:${height}:flags=area,format=gray`, '-r', '25'],
			...['-f', 'rawvideo', 'pipe:1'],
		],
		{onOutput: reader, signal},
	);
	if (seen.count() === 0 || (code !== 0 && seen.count() < facts.frames)) {
		return {values: facts, flag: 'unreadable'};
	}

	const values = {...facts, frames: seen.count(), ...seen.values()};
	const flag = findFlag(values);
	return {values, ...(flag ? {flag} : {})};
}

type Facts = {frames: number; width: number; height: number; fps?: number; seconds?: number};

/** Undefined for a file that is there and cannot be read as a video or an image. */
async function readFacts(file: string): Promise<Facts | undefined> {
	await stat(file).catch(error => {
		throw new CosmosError('bad-input', `there is no file ${file}`, {
			hint: 'Was it moved or deleted?',
			cause: error,
		});
	});
	try {
		const input = await inspectInput('color', file);
		const frames = framesOf(input);
		const size = {width: input.width, height: input.height, frames};
		return input.kind === 'image'
			? size
			: {...size, fps: input.fps, seconds: input.fps > 0 ? frames / input.fps : 0};
	} catch (error) {
		if (error instanceof CosmosError && error.code === 'bad-input') {
			return undefined;
		}

		throw error;
	}
}

/** Gathers what the frames say; only the last one is kept. */
function startLook() {
	let before: Uint8Array | undefined;
	let [count, black, blank, frozen] = [0, 0, 0, 0];
	const means: number[] = [];
	return {
		count: () => count,
		add(frame: Uint8Array): void {
			let [sum, squares, dark, moved] = [0, 0, 0, 0];
			for (let at = 0; at < frame.length; at++) {
				const level = frame[at] as number;
				sum += level;
				squares += level * level;
				dark += level <= darkest ? 1 : 0;
				moved += before ? Math.abs(level - (before[at] as number)) : 0;
			}

			const mean = sum / frame.length;
			const deviation = Math.sqrt(Math.max(0, squares / frame.length - mean * mean));
			const isBlack = dark >= frame.length * blackShare;
			black += isBlack ? 1 : 0;
			blank += !isBlack && deviation < leastDetail ? 1 : 0;
			frozen += before && moved / frame.length < leastMotion ? 1 : 0;
			means.push(mean);
			before = frame;
			count += 1;
		},
		values(): MeasureValues {
			const still = {black: percent(black, count), blank: percent(blank, count)};
			return count < 2
				? still
				: {...still, frozen: percent(frozen, count - 1), flicker: flickerOf(means)};
		},
	};
}

const percent = (part: number, all: number) => (100 * part) / all;

/** The mean of what each frame's brightness lies off the middle between its neighbours. */
function flickerOf(means: readonly number[]): number {
	const jumps = means.slice(1, -1).map((mean, index) => {
		const [last, next] = [means[index] as number, means[index + 2] as number];
		return Math.abs(mean - (last + next) / 2);
	});
	return jumps.length === 0 ? 0 : jumps.reduce((sum, jump) => sum + jump, 0) / jumps.length;
}
