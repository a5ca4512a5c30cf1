import {open, readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../domain/errors.js';
import {type InputRole, inputRoles, type PromptInput} from '../domain/types.js';

const endings = new Set(['.mp4', '.mov', '.mkv', '.webm']);

/** The file names of each role, without ending. */
const roleNames: Readonly<Record<InputRole, readonly string[]>> = {
	color: ['color'],
	vis: ['vis'],
	edge: ['edge'],
	depth: ['depth'],
	seg: ['segmentation', 'seg'],
	vis_mask: ['vis_mask'],
	edge_mask: ['edge_mask'],
	depth_mask: ['depth_mask'],
	seg_mask: ['segmentation_mask', 'seg_mask'],
};

/**
 * The videos of a folder with their roles, sizes and lengths: `color.*` or the only video of
 * another name is the input; `depth`, `segmentation` (or `seg`), `edge` and `vis` are controls, `edge_mask` … say
 * where a control works.
 * @throws CosmosError (usage) when the folder is missing, unreadable or empty, has no or more than
 * one candidate for the input video, or a file that is no video
 */
export async function inspectVideoDir(folder: string): Promise<PromptInput[]> {
	const files = await videosIn(folder);
	const roles = assignRoles(folder, files);
	const inputs = [];
	for (const role of inputRoles) {
		const file = roles.get(role);
		if (file) {
			inputs.push(await inspectVideo(role, path.join(folder, file)));
		}
	}

	return inputs;
}

async function videosIn(folder: string): Promise<string[]> {
	try {
		const entries = await readdir(folder);
		return entries.filter(name => endings.has(path.extname(name).toLowerCase())).sort();
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
	const others: string[] = [];
	for (const file of files) {
		const name = path.parse(file).name.toLowerCase();
		const role = inputRoles.find(one => roleNames[one].includes(name));
		if (!role) {
			others.push(file);
			continue;
		}

		const taken = roles.get(role);
		if (taken) {
			throw new CosmosError(
				'bad-input',
				`${folder} has two videos for ${role}: ${taken}, ${file}`,
				{
					hint: 'Keep one of them there.',
				},
			);
		}

		roles.set(role, file);
	}

	if (!roles.has('color')) {
		roles.set('color', onlyVideo(folder, others));
	}

	return roles;
}

function onlyVideo(folder: string, others: readonly string[]): string {
	if (others.length === 1) {
		return others[0] as string;
	}

	throw others.length === 0
		? new CosmosError('bad-input', `${folder} has no main video`, {
				hint: `Put color.mp4 there, or one video of any name (${[...endings].join(', ')}).`,
			})
		: new CosmosError(
				'bad-input',
				`${folder} has no color video but ${others.length} others: ${others.slice(0, 3).join(', ')}`,
				{hint: 'Rename the main one to color.mp4.'},
			);
}

/**
 * Looks into one video file.
 * @throws CosmosError (usage) when it cannot be read, or is no video
 */
export async function inspectVideo(role: InputRole, file: string): Promise<PromptInput> {
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
