import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {foreignEndings} from '../../domain/inputs/file-content.js';
import {
	type AnyInput,
	dataKindOf,
	type InputRole,
	type MediaKind,
	mediaEndings,
	mediaKindOf,
} from '../../domain/inputs/media.js';
import {
	knownRoles,
	mainRoles,
	parseInput,
	roleOfFile,
	roleOfInput,
	roleRows,
	sourceName,
	stemOf,
} from '../../domain/models/roles.js';
import {roleProblem} from '../../domain/settings/recipe.js';
import {convertHint, inspectAny} from './inspect-file.js';

/**
 * The inputs in a folder with their roles and sizes: `color.*`, or the only video of another name;
 * `image.*`, or without any video the only picture; and `depth`, `segmentation` (or `seg`), `edge_mask`
 * … as the families of models name them.
 * @param more roles of recipes: files are called by them, of any kind
 * @throws CosmosError (usage) when the folder is missing, unreadable, has nothing to use or too much
 * to choose from, or a file that is not what its name says
 */
export async function inspectVideoDir(
	folder: string,
	more: readonly InputRole[] = [],
): Promise<AnyInput[]> {
	const names = await listNames(folder);
	const own = new Map(
		names
			.filter(name => mediaKindOf(name) ?? dataKindOf(name))
			.filter(name => more.includes(stemOf(name)) && !roleOfFile(name))
			.map(name => [stemOf(name), name] as const),
	);
	const rest = names.filter(name => own.get(stemOf(name)) !== name);
	const roles = assignRoles(folder, rest.filter(mediaKindOf));
	const taken = new Map([...roles, ...own]);
	const foreign = rest.find(name => isMissed(name, taken));
	if (foreign) {
		throw wrongKind(path.join(folder, foreign));
	}

	if (taken.size === 0) {
		throw new CosmosError('bad-input', `${folder} has no video and no image`, {
			hint: `Put color.mp4 there, or one file of any name (${allEndings}).`,
		});
	}

	return inspectAll([...taken].map(([role, file]) => ({role, file: path.join(folder, file)})));
}

/**
 * Inputs that are given one by one: `ROLE=FILE`, or a file whose name says its role, or the only
 * video or picture of another name.
 * @throws CosmosError (usage) for a file that cannot be used, or two for one role
 */
export async function inspectFiles(words: readonly string[]): Promise<AnyInput[]> {
	const chosen: Array<{role: InputRole; file: string}> = [];
	for (const word of words) {
		const {file} = parseInput(word);
		const role = roleOfInput(word);
		if (!(mediaKindOf(file) ?? dataKindOf(file))) {
			throw wrongKind(file);
		}

		if (role === undefined) {
			throw new CosmosError('bad-input', `${file}: its name cannot be a role`, {
				hint: `Say what it is for: ROLE=${file}; ${roleProblem('')}.`,
			});
		}

		requireKind(role, file);
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

/** A role that the models know takes videos, pictures or both. */
function requireKind(role: InputRole, file: string): void {
	const kind = mediaKindOf(file);
	const kinds = roleRows.find(row => row.role === role)?.kinds;
	if (kinds && !(kind && kinds.includes(kind))) {
		throw new CosmosError(
			'bad-input',
			`${role} has to be ${kinds.map(nameKind).join(' or ')}: ${file}`,
			{
				hint: kind
					? `The role of ${nameKind(kind)} is ${mainRoles[kind]}: ${mainRoles[kind]}=${file}`
					: `Files end in ${allEndings}.`,
			},
		);
	}
}

const nameKind = (kind: MediaKind) => (kind === 'video' ? 'a video' : 'a picture');

/** A file whose name says that it is no input. */
function wrongKind(file: string): CosmosError {
	const what = foreignEndings[path.extname(file).toLowerCase()];
	return what
		? new CosmosError('bad-input', `${file} is ${what}, which the models do not read`, {
				hint: convertHint(file),
			})
		: new CosmosError('bad-input', `${file} is neither a video nor an image`, {
				hint: `Files end in ${allEndings}.`,
			});
}

const allEndings = Object.values(mediaEndings).flat().join(', ');

async function inspectAll(
	files: ReadonlyArray<{role: InputRole; file: string}>,
): Promise<AnyInput[]> {
	const inputs = [];
	const others = files.map(({role}) => role).filter(role => !knownRoles.includes(role));
	for (const role of new Set([...knownRoles, ...others])) {
		const found = files.find(one => one.role === role);
		if (found) {
			inputs.push(await inspectAny(role, found.file));
		}
	}

	return inputs;
}

/**
 * Whether a file of a kind that is not taken would be an input if it were: that of a role which no
 * other file has, or any where there is no input at all.
 */
function isMissed(name: string, roles: ReadonlyMap<InputRole, string>): boolean {
	const ending = path.extname(name);
	if (!(ending.toLowerCase() in foreignEndings)) {
		return false;
	}

	const role = roleOfFile(`${path.basename(name, ending)}.mp4`)?.role;
	return roles.size === 0 || (role !== undefined && !roles.has(role));
}

/** Without hidden ones: macOS puts a `._NAME` beside each file on a foreign disk. */
async function listNames(folder: string): Promise<string[]> {
	try {
		return (await readdir(folder)).filter(name => !name.startsWith('.')).sort();
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
