import {open, readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../domain/errors.js';
import {
	type InputRole,
	type MediaKind,
	mediaEndings,
	mediaKindOf,
	type PromptInput,
	type VideoInput,
} from '../domain/media.js';
import {
	knownRoles,
	mainRoles,
	parseInput,
	roleOfFile,
	roleOfInput,
	sourceName,
} from '../domain/models/roles.js';
import {readImageSize} from './image-size.js';

/**
 * The inputs in a folder with their roles and sizes: `color.*`, or the only video of another name;
 * `image.*`, or without any video the only picture; and `depth`, `segmentation` (or `seg`), `edge_mask`
 * … as the families of models name them.
 * @throws CosmosError (usage) when the folder is missing, unreadable, has nothing to use or too much
 * to choose from, or a file that is not what its name says
 */
export async function inspectVideoDir(folder: string): Promise<PromptInput[]> {
	const roles = assignRoles(folder, await listMedia(folder));
	return inspectAll([...roles].map(([role, file]) => ({role, file: path.join(folder, file)})));
}

/**
 * Inputs that are given one by one: `ROLE=FILE`, or a file whose name says its role, or the only
 * video or picture of another name.
 * @throws CosmosError (usage) for a file that cannot be used, or two for one role
 */
export async function inspectFiles(words: readonly string[]): Promise<PromptInput[]> {
	const chosen: Array<{role: InputRole; file: string}> = [];
	for (const word of words) {
		const {file} = parseInput(word);
		const role = roleOfInput(word);
		if (role === undefined || mediaKindOf(file) === undefined) {
			throw new CosmosError('bad-input', `${file} is neither a video nor an image`, {
				hint: `Files end in ${allEndings}.`,
			});
		}

		chosen.push({role, file: path.resolve(file)});
	}

	const twice = chosen.find(({role}, at) => chosen.findIndex(one => one.role === role) < at);
	if (twice) {
		const files = chosen.filter(({role}) => role === twice.role).map(({file}) => file);
		throw new CosmosError('bad-input', `two files for ${twice.role}: ${files.join(', ')}`, {
			hint: `Say what each is for: ROLE=FILE, with one of ${knownRoles.join(', ')}.`,
		});
	}

	return inspectAll(chosen);
}

const allEndings = Object.values(mediaEndings).flat().join(', ');

async function inspectAll(
	files: ReadonlyArray<{role: InputRole; file: string}>,
): Promise<PromptInput[]> {
	const inputs = [];
	for (const role of knownRoles) {
		const found = files.find(one => one.role === role);
		if (found) {
			inputs.push(await inspectInput(role, found.file));
		}
	}

	return inputs;
}

async function listMedia(folder: string): Promise<string[]> {
	try {
		return (await readdir(folder)).filter(mediaKindOf).sort();
	} catch (error) {
		const why: Record<string, string> = {
			ENOENT: 'there is no such folder',
			ENOTDIR: 'it is a file, not a folder',
			EACCES: 'permission denied',
		};
		throw new CosmosError(
			'bad-input',
			`video folder ${folder}: ${why[systemCode(error) ?? ''] ?? messageOf(error)}`,
			{hint: 'Give the folder that holds color.mp4.', cause: error},
		);
	}
}

function assignRoles(folder: string, files: readonly string[]): Map<InputRole, string> {
	const roles = new Map<InputRole, string>();
	for (const file of files) {
		const role = roleOfFile(file)?.role;
		const taken = role && roles.get(role);
		if (taken && mediaKindOf(taken) !== mediaKindOf(file)) {
			// A picture beside a video of the same name is its thumbnail.
			if (mediaKindOf(file) === 'video') {
				roles.set(role, file);
			}

			continue;
		}

		if (taken) {
			throw new CosmosError(
				'bad-input',
				`${folder} has two videos for ${role}: ${taken}, ${file}`,
				{
					hint: 'Keep one of them there.',
				},
			);
		}

		if (role) {
			roles.set(role, file);
		}
	}

	const others = (kind: MediaKind) =>
		files.filter(file => mediaKindOf(file) === kind && !roleOfFile(file));
	if (!roles.has(mainRoles.video)) {
		assignMain(roles, folder, 'video', others('video'));
	}

	// Beside videos lie thumbnails and rendered frames: there a picture has to say what it is for.
	if (roles.size === 0) {
		assignMain(roles, folder, 'image', others('image'));
	}

	if (roles.size === 0) {
		throw new CosmosError('bad-input', `${folder} has no video and no image`, {
			hint: `Put color.mp4 there, or one file of any name (${allEndings}).`,
		});
	}

	return roles;
}

const isSource = (file: string) => path.parse(file).name.toLowerCase() === sourceName;

/** The only file of no known name is the main one, or the one that is called so. */
function assignMain(
	roles: Map<InputRole, string>,
	folder: string,
	kind: MediaKind,
	others: readonly string[],
): void {
	const [only] = others.length > 1 ? others.filter(isSource) : others;
	if (only === undefined && others.length > 1) {
		const role = mainRoles[kind];
		throw new CosmosError(
			'bad-input',
			`${folder} has no ${role} ${kind} but ${others.length} others: ${others.slice(0, 3).join(', ')}`,
			{hint: `Rename the main one to ${role}${mediaEndings[kind][0]}.`},
		);
	}

	if (only !== undefined) {
		roles.set(mainRoles[kind], only);
	}
}

/**
 * Looks into one file by its kind.
 * @throws CosmosError (usage) when it cannot be read, or is not what its name says
 */
export async function inspectInput(role: InputRole, file: string): Promise<PromptInput> {
	return mediaKindOf(file) === 'image' ? inspectImage(role, file) : inspectVideo(role, file);
}

async function inspectImage(role: InputRole, file: string): Promise<PromptInput> {
	await checkReadable(file);
	const size = await readImageSize(file);
	if (!size) {
		throw new CosmosError('bad-input', `${file} cannot be read as an image`, {
			hint: 'It has to be a PNG, JPEG or WebP file.',
		});
	}

	return {role, path: file, size: (await stat(file)).size, ...size, kind: 'image'};
}

async function checkReadable(file: string): Promise<void> {
	try {
		if (!(await stat(file)).isFile()) {
			throw new Error('it is not a regular file');
		}

		await (await open(file)).close();
	} catch (error) {
		throw new CosmosError('bad-input', `cannot read ${file}: ${messageOf(error)}`, {
			hint: 'Make it readable for you.',
			cause: error,
		});
	}
}

/**
 * Looks into one video file.
 * @throws CosmosError (usage) when it cannot be read, or is no video
 */
export async function inspectVideo(role: InputRole, file: string): Promise<VideoInput> {
	await checkReadable(file);
	const {ALL_FORMATS, FilePathSource, Input} = await import('mediabunny');
	const input = new Input({source: new FilePathSource(file), formats: ALL_FORMATS});
	try {
		const track = await input.getPrimaryVideoTrack();
		if (!track) {
			throw new Error('it has no video track');
		}

		const {packetCount, averagePacketRate} = await track.computePacketStats();
		if (packetCount === 0) {
			throw new Error('it has no frames');
		}

		return {
			role,
			path: file,
			size: (await stat(file)).size,
			width: track.displayWidth,
			height: track.displayHeight,
			frames: packetCount,
			fps: Math.round(averagePacketRate * 1000) / 1000,
		};
	} catch (error) {
		throw new CosmosError('bad-input', `${file} cannot be read as a video: ${messageOf(error)}`, {
			hint: 'Convert it to H.264 in an MP4 file.',
			cause: error,
		});
	} finally {
		input.dispose();
	}
}
