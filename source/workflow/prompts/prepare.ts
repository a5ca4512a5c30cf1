import {mkdir, readdir, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {findSequences, type Sequence, videoName} from '../../domain/inputs/sequence.js';
import type {SequenceRole, Transfer} from '../../domain/inputs/sequence-role.js';
import {colourProblem, type FrameFile, readFrame} from '../../executor/media/frame-file.js';
import {diskError} from '../../machine/disk-error.js';
import {type DepthRange, depthProblem, rangeOf, readDepth} from './depth-frames.js';
import {encodeSequence} from './encode-sequence.js';

export type PrepareRequest = {
	/** Folder with the numbered frames, or with a folder for each role. */
	folder: string;
	/** Folder for the videos; created if it is missing. @default `folder` */
	target?: string;
	/** Frames per second. @default 24 */
	fps?: number;
	/** Sequences by role, where their names do not say it: `frame_####.png`. */
	patterns?: Partial<Record<SequenceRole, string>>;
	/** How the light of EXR frames is encoded. @default srgb */
	transfer?: Transfer;
	/** What becomes white and black where depth is stored as distances. @default that of the sequence */
	depth?: Partial<DepthRange>;
	/** Replace videos that are there. */
	force?: boolean;
};

export type PreparePlan = {
	/** Absolute. */
	folder: string;
	target: string;
	fps: number;
	transfer: Transfer;
	videos: PlannedVideo[];
	/** What was left out or chosen, a line each. */
	notes: string[];
};

export type PlannedVideo = {
	sequence: Sequence;
	/** Absolute path of the video. */
	file: string;
	/** Of the video: an odd size of the frames gets one more line. */
	width: number;
	height: number;
	frames: number;
	/** Its frames are distances; what is missing here is that of the whole sequence. */
	depth?: Partial<DepthRange>;
};

export type PrepareProgress = {video: PlannedVideo; done: number};

const usualFps = 24;

/**
 * What `prepareVideos` would encode from a folder; changes nothing.
 * @throws CosmosError (usage) for gaps, sizes or counts that do not fit, damaged frames, or videos
 * that are there
 */
export async function planPreparation(request: PrepareRequest): Promise<PreparePlan> {
	const folder = path.resolve(request.folder);
	const target = path.resolve(request.target ?? folder);
	const fps = request.fps ?? usualFps;
	if (!(fps >= 1 && fps <= 240)) {
		throw new CosmosError('invalid-setting', `frames per second must be 1 to 240, not ${fps}`);
	}

	const videos: PlannedVideo[] = [];
	const {sequences, notes} = findSequences(folder, await filesIn(folder), request.patterns);
	for (const sequence of sequences) {
		const file = path.join(target, videoName(sequence.role));
		if (!request.force && (await isThere(file))) {
			throw new CosmosError('already-exists', `${file} already exists`, {
				hint: 'Add --force to replace it, or --name for another folder.',
			});
		}

		const {width, height, isDistance} = await checkFrames(folder, sequence);
		videos.push({
			...{sequence, file, width: even(width), height: even(height)},
			frames: sequence.files.length,
			...(isDistance && {depth: request.depth ?? {}}),
		});
	}

	checkSizes(videos);
	if (request.depth && !videos.some(({depth}) => depth)) {
		throw new CosmosError('invalid-setting', 'no depth is stored as distances here', {
			hint: 'Omit --near and --far: they are for EXR and for grey PNG of 16 bits.',
		});
	}

	if (request.transfer && !videos.some(hasLight)) {
		throw new CosmosError('invalid-setting', 'no colors are in OpenEXR here', {
			hint: 'Omit --transfer: it is for OpenEXR, other files keep their values.',
		});
	}

	return {folder, target, fps, transfer: request.transfer ?? 'srgb', videos, notes};
}

/** Whether its frames hold light, which a curve encodes. */
const hasLight = ({sequence, depth}: PlannedVideo) =>
	depth === undefined && /\.exr$/i.test(sequence.files[0] as string);

const even = (size: number) => size + (size % 2);

function checkSizes(videos: readonly PlannedVideo[]): void {
	const [color] = videos as [PlannedVideo];
	const other = videos.find(({width, height}) => width !== color.width || height !== color.height);
	if (other) {
		const {sequence, width, height} = other;
		throw new CosmosError(
			'bad-input',
			`${sequence.role} is ${width}×${height}, color ${color.width}×${color.height}`,
			{hint: 'Render every sequence at the same size.'},
		);
	}
}

/**
 * Encodes the videos of a plan with ffmpeg, one after the other. They get their names when all are
 * whole.
 * @returns the plan with the distances that were used for depth
 * @throws CosmosError (usage) that names a damaged frame, (home) when ffmpeg is missing or fails,
 * (cancelled) by the signal
 */
export async function prepareVideos(
	plan: PreparePlan,
	onProgress: (progress: PrepareProgress) => void,
	signal?: AbortSignal,
): Promise<PreparePlan> {
	const {folder, target, fps, transfer} = plan;
	await mkdir(target, {recursive: true}).catch(error => {
		throw diskError(error, 'write', target);
	});
	const temporary = ({file}: PlannedVideo) => `${file}.part.mp4`;
	const videos: PlannedVideo[] = [];
	try {
		for (const planned of plan.videos) {
			const {sequence} = planned;
			const depth = planned.depth && (await completeRange(folder, sequence, planned.depth, signal));
			const video = {...planned, ...(depth && {depth})};
			videos.push(video);
			await encodeSequence({
				...{sequence, folder, fps, transfer, depth},
				...(await readFrame(path.join(folder, sequence.files[0] as string))),
				file: temporary(planned),
				onFrame: done => onProgress({video, done}),
				signal,
			});
		}

		for (const video of videos) {
			await rename(temporary(video), video.file);
		}
	} finally {
		await Promise.all(plan.videos.map(video => rm(temporary(video), {force: true})));
	}

	return {...plan, videos};
}

/** The distances of a whole sequence, where they are not given. */
async function completeRange(
	folder: string,
	{role, files}: Sequence,
	{near, far}: Partial<DepthRange>,
	signal?: AbortSignal,
): Promise<DepthRange> {
	const found = {near: Number.POSITIVE_INFINITY, far: 0};
	for (const file of near === undefined || far === undefined ? files : []) {
		signal?.throwIfAborted();
		const range = rangeOf(await readDepth(path.join(folder, file)));
		found.near = Math.min(found.near, range.near);
		found.far = Math.max(found.far, range.far);
	}

	const range = {near: near ?? found.near, far: far ?? found.far};
	if (!(range.near > 0 && range.near <= range.far && range.far < Number.POSITIVE_INFINITY)) {
		throw new CosmosError(
			'bad-input',
			`${role} has no distances between ${range.near} and ${range.far} m`,
			{hint: 'Give --near and --far in metres, or render the depth again.'},
		);
	}

	return range;
}

/** The files of a folder, and those of the folders in it; hidden ones are left out. */
async function filesIn(folder: string): Promise<string[]> {
	try {
		const entries = await readdir(folder, {withFileTypes: true});
		const shown = entries.filter(({name}) => !name.startsWith('.'));
		const below = shown
			.filter(one => one.isDirectory())
			.map(async ({name}) =>
				(await readdir(path.join(folder, name)).catch(() => [])).map(file => `${name}/${file}`),
			);
		return [
			...shown.filter(one => !one.isDirectory()).map(({name}) => name),
			...(await Promise.all(below)).flat().filter(file => !file.includes('/.')),
		].sort();
	} catch (error) {
		const why: Record<string, string> = {
			ENOENT: 'there is no such folder',
			ENOTDIR: 'it is a file, not a folder',
		};
		throw new CosmosError(
			'bad-input',
			`cannot read folder ${folder}: ${why[systemCode(error) ?? ''] ?? messageOf(error)}`,
			{hint: 'Give the folder that contains color.0001.png and so on.', cause: error},
		);
	}
}

async function isThere(file: string): Promise<boolean> {
	return stat(file).then(
		() => true,
		() => false,
	);
}

/**
 * Looks into every frame: all have to be whole, and of one size.
 * @throws CosmosError (usage) that names the frame
 */
async function checkFrames(
	folder: string,
	{role, files}: Sequence,
): Promise<{width: number; height: number; isDistance: boolean}> {
	const first = await readFrame(path.join(folder, files[0] as string));
	const isDistance = role === 'depth' && (first.exr !== undefined || first.isDeepGray === true);
	for (const name of files) {
		const frame = await readFrame(path.join(folder, name));
		const problem = problemOf(frame, isDistance);
		if (problem) {
			throw new CosmosError('bad-input', `${path.join(folder, name)} ${problem.why}`, {
				hint: problem.hint,
			});
		}

		if (frame.width !== first.width || frame.height !== first.height) {
			throw new CosmosError(
				'bad-input',
				`${name} is ${frame.width}×${frame.height}, ${files[0]} ${first.width}×${first.height}`,
				{hint: 'All frames of a sequence must have the same size.'},
			);
		}
	}

	return {width: first.width, height: first.height, isDistance};
}

function problemOf(frame: FrameFile, isDistance: boolean) {
	if (!isDistance) {
		return colourProblem(frame);
	}

	return frame.exr && depthProblem(frame.exr);
}
