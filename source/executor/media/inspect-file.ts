/** Looks into one file that is to be an input. What is wrong with it is said in words of ours alone. */
import {lstat, open, readlink, stat} from 'node:fs/promises';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {headLength, recogniseContent} from '../../domain/inputs/file-content.js';
import {
	type AnyInput,
	dataKindOf,
	type ImageInput,
	type InputRole,
	mediaKindOf,
	type PromptInput,
	type VideoInput,
} from '../../domain/inputs/media.js';
import {readableWords} from '../transport/quote-words.js';
import {readImageSize} from './image-size.js';
import {probeVideo} from './video-probe.js';

/**
 * Looks into one file by its kind.
 * @throws CosmosError (usage) when it cannot be read, or is not what its name says
 */
export async function inspectInput(role: InputRole, file: string): Promise<PromptInput> {
	return mediaKindOf(file) === 'image' ? inspectImage(role, file) : inspectVideo(role, file);
}

/**
 * Looks into any file that can be an input; one that is neither a video nor an image is only known
 * by its size.
 * @throws CosmosError (usage) when it cannot be read, or is not what its name says
 */
export async function inspectAny(role: InputRole, file: string): Promise<AnyInput> {
	const kind = mediaKindOf(file) ? undefined : dataKindOf(file);
	if (!kind) {
		return inspectInput(role, file);
	}

	const {head: _, ...facts} = await readFacts(file, kind);
	return {role, path: file, ...facts, kind};
}

/**
 * Looks into one video file.
 * @throws CosmosError (usage) when it cannot be read, is no video, or is cut off
 */
export async function inspectVideo(role: InputRole, file: string): Promise<VideoInput> {
	const {head, ...facts} = await readFacts(file, 'video');
	const seen = await probeVideo(file, facts.size);
	if ('problem' in seen) {
		const content = recogniseContent(head);
		throw content
			? notThat(file, 'video', content)
			: unusable(file, 'video', seen.problem, seen.remedy ?? convertHint(file));
	}

	return {role, path: file, ...facts, ...seen};
}

async function inspectImage(role: InputRole, file: string): Promise<ImageInput> {
	const {head, ...facts} = await readFacts(file, 'image');
	const size = await readImageSize(file);
	if (!size) {
		const hint = 'It has to be a PNG, JPEG or WebP file.';
		const content = recogniseContent(head);
		throw unusable(
			file,
			'image',
			content ? `it is ${content.what}` : 'it is damaged, or of another kind',
			content?.remedy ?? hint,
		);
	}

	return {role, path: file, ...facts, ...size, kind: 'image'};
}

type Facts = {size: number; modified: number; head: Uint8Array};

/** What can be said of any file. */
async function readFacts(file: string, kind: string): Promise<Facts> {
	try {
		const found = await stat(file);
		const {size, mtimeMs} = found;
		if (!found.isFile()) {
			throw new CosmosError('bad-input', `cannot read ${file}: it is not a regular file`, {
				hint: `Give the ${kind} file itself.`,
			});
		}

		if (size === 0) {
			throw unusable(file, kind, 'it is empty', 'Copy or render it again.');
		}

		return {size, modified: Math.trunc(mtimeMs), head: await readHead(file)};
	} catch (error) {
		throw error instanceof CosmosError ? error : await unreadable(file, error);
	}
}

async function readHead(file: string): Promise<Uint8Array> {
	const handle = await open(file);
	try {
		const head = Buffer.alloc(headLength);
		const {bytesRead} = await handle.read(head, 0, headLength, 0);
		return head.subarray(0, bytesRead);
	} finally {
		await handle.close();
	}
}

/** Why a file cannot be opened: a link may lead to nothing. */
async function unreadable(file: string, error: unknown): Promise<CosmosError> {
	const code = systemCode(error);
	const isLink = (await lstat(file).catch(() => undefined))?.isSymbolicLink();
	if (code === 'ENOENT' && isLink) {
		const target = await readlink(file);
		return new CosmosError('bad-input', `${file} is a link to ${target}, which does not exist`, {
			hint: 'Restore that file, or put the file itself there.',
			cause: error,
		});
	}

	if (code === 'ENOENT') {
		return new CosmosError('bad-input', `there is no file ${file}`, {
			hint: 'Check its name and folder.',
			cause: error,
		});
	}

	const why = code === 'EACCES' ? 'permission denied' : messageOf(error);
	return new CosmosError('bad-input', `cannot read ${file}: ${why}`, {
		hint: 'Make it readable for you.',
		cause: error,
	});
}

function notThat(file: string, kind: string, {what, remedy}: {what: string; remedy?: string}) {
	return unusable(file, kind, `it is ${what}`, remedy ?? convertHint(file));
}

function unusable(file: string, kind: string, why: string, hint: string): CosmosError {
	return new CosmosError(
		'bad-input',
		`${file} cannot be read as ${kind === 'image' ? 'an' : 'a'} ${kind}: ${why}`,
		{
			hint,
		},
	);
}

/** The line that makes a video that every model reads. */
export function convertHint(file: string): string {
	const stem = file.replace(/\.[^./\\]*$/, '');
	const target = file === `${stem}.mp4` ? `${stem}-h264.mp4` : `${stem}.mp4`;
	return `Convert it: ${readableWords([...['ffmpeg', '-i', file], ...['-c:v', 'libx264', '-crf', '12'], ...['-pix_fmt', 'yuv420p', target]])}`;
}
