import {mkdir, open, readdir, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../domain/errors.js';
import {findSequences, type Sequence, videoNames} from '../domain/sequence.js';
import {sizeOfPng} from '../executor/image-size.js';
import {diskError} from '../machine/disk-error.js';
import {encodeSequence} from './encode-sequence.js';

export type PrepareRequest = {
	/** Folder with the numbered PNG sequences. */
	folder: string;
	/** Folder for the videos; created if it is missing. @default `folder` */
	target?: string;
	/** Frames per second. @default 24 */
	fps?: number;
	/** Replace videos that are there. */
	force?: boolean;
};

export type PreparePlan = {
	/** Absolute. */
	folder: string;
	target: string;
	fps: number;
	videos: PlannedVideo[];
};

export type PlannedVideo = {
	sequence: Sequence;
	/** Absolute path of the video. */
	file: string;
	width: number;
	height: number;
	frames: number;
};

export type PrepareProgress = {video: PlannedVideo; done: number};

const usualFps = 24;

/**
 * What `prepareVideos` would encode from a folder; changes nothing.
 * @throws CosmosError (usage) for gaps, sizes or counts that do not fit, or videos that are there
 */
export async function planPreparation(request: PrepareRequest): Promise<PreparePlan> {
	const folder = path.resolve(request.folder);
	const target = path.resolve(request.target ?? folder);
	const fps = request.fps ?? usualFps;
	if (!(fps >= 1 && fps <= 240)) {
		throw new CosmosError('invalid-setting', `frames per second must be 1 to 240, not ${fps}`);
	}

	const videos: PlannedVideo[] = [];
	for (const sequence of findSequences(folder, await namesIn(folder))) {
		const file = path.join(target, videoNames[sequence.role]);
		if (!request.force && (await isThere(file))) {
			throw new CosmosError('already-exists', `${file} already exists`, {
				hint: 'Add --force to replace it, or --name for another folder.',
			});
		}

		const size = await sizeOfAll(folder, sequence);
		videos.push({sequence, file, ...size, frames: sequence.files.length});
	}

	const [color] = videos as [PlannedVideo];
	const other = videos.find(({width, height}) => width !== color.width || height !== color.height);
	if (other) {
		const {sequence, width, height} = other;
		throw new CosmosError(
			'bad-input',
			`${sequence.stem} is ${width}×${height}, color ${color.width}×${color.height}`,
			{hint: 'Render every sequence at the same size.'},
		);
	}

	return {folder, target, fps, videos};
}

/**
 * Encodes the videos of a plan with ffmpeg, one after the other. A video gets its name only when it
 * is whole.
 * @throws CosmosError (home) when ffmpeg is missing or fails, (cancelled) by the signal
 */
export async function prepareVideos(
	{folder, target, fps, videos}: PreparePlan,
	onProgress: (progress: PrepareProgress) => void,
	signal?: AbortSignal,
): Promise<void> {
	await mkdir(target, {recursive: true}).catch(error => {
		throw diskError(error, 'write', target);
	});
	for (const video of videos) {
		const temporary = `${video.file}.part.mp4`;
		try {
			await encodeSequence({
				sequence: video.sequence,
				folder,
				fps,
				file: temporary,
				onFrame: done => onProgress({video, done}),
				signal,
			});
			await rename(temporary, video.file);
		} finally {
			await rm(temporary, {force: true});
		}
	}
}

async function namesIn(folder: string): Promise<string[]> {
	try {
		return await readdir(folder);
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

/** The one size that every frame has. */
async function sizeOfAll(
	folder: string,
	{files}: Sequence,
): Promise<{width: number; height: number}> {
	let first: {width: number; height: number} | undefined;
	for (const name of files) {
		const size = await readPngSize(path.join(folder, name));
		first ??= size;
		if (size.width !== first.width || size.height !== first.height) {
			throw new CosmosError(
				'bad-input',
				`${name} is ${size.width}×${size.height}, ${files[0]} ${first.width}×${first.height}`,
				{hint: 'All frames of a sequence must have the same size.'},
			);
		}
	}

	return first as {width: number; height: number};
}

/** What holds the size of a PNG. */
const headLength = 24;

async function readPngSize(file: string): Promise<{width: number; height: number}> {
	const head = Buffer.alloc(headLength);
	try {
		const handle = await open(file);
		try {
			await handle.read(head, 0, headLength, 0);
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw new CosmosError('bad-input', `cannot read ${file}: ${messageOf(error)}`, {cause: error});
	}

	const size = sizeOfPng(head);
	if (!size) {
		throw new CosmosError('bad-input', `${file} is not a PNG file`, {
			hint: 'It may be truncated, or have the wrong extension.',
		});
	}

	return size;
}
