/** Numbered frames as renderers name them, and what each sequence of them is for. */
import {CosmosError} from '../errors.js';
import {
	findRole,
	type SequenceRole,
	sequenceRoles,
	unusableKind,
	versionIn,
} from './sequence-role.js';

/** A numbered sequence of one role: what a renderer writes. */
export type Sequence = {
	role: SequenceRole;
	/** As people write it: `rgb/color.####.png`. */
	name: string;
	/** Paths in the order of their numbers, relative to the folder. */
	files: string[];
	/** For ffmpeg, e.g. `color.%04d.png`. */
	pattern: string;
	/** The first number. */
	start: number;
};

/** What was found in a folder, with a line for each group that is left out for a reason. */
export type FoundSequences = {sequences: Sequence[]; notes: string[]};

/** The video of each role, as a prompt's folder has it. */
export function videoName(role: SequenceRole): string {
	return `${role.replace(/^seg(?=$|_)/, 'segmentation')}.mp4`;
}

type Frame = {file: string; digits: string; number: number};

/** Frames that differ in their numbers alone. */
type Group = {
	/** The folder below, with a slash; empty for the folder itself. */
	folder: string;
	beginning: string;
	ending: string;
	frames: Frame[];
};

/** `beginning`, the last number of the name, `ending`. */
const frameName = /^(.*?)(\d+)(\.(?:png|jpe?g|exr|npy|npz|tiff?|dpx|cin|hdr|tga|bmp|webp))$/i;
const isRead = ({ending}: Group) => /^\.(?:png|jpe?g|exr)$/i.test(ending);

/**
 * The sequences among the files of a folder and of those below it; color comes first.
 * @param folder for messages
 * @param files paths relative to the folder, `/` between their parts
 * @param patterns sequences that a person has named: `frame_####.png` or `frame_%04d.png`
 * @throws CosmosError (usage) that names the gap, the double, or the sequence that does not fit
 */
export function findSequences(
	folder: string,
	files: readonly string[],
	patterns: Partial<Record<SequenceRole, string>> = {},
): FoundSequences {
	const {groups: all, notes} = newestVersions(groupFrames(files));
	const groups = all.filter(isRead);
	const chosen = new Map<SequenceRole, Group>();
	for (const [role, pattern] of Object.entries(patterns) as Array<[SequenceRole, string]>) {
		chosen.set(role, findNamed(folder, groups, pattern));
	}

	const taken = [...chosen.values()];
	const others: Group[] = [];
	for (const group of groups.filter(one => !taken.includes(one))) {
		const unusable = unusableKind(group.folder, group.beginning);
		const role = unusable ? undefined : findRole(group.folder, group.beginning);
		if (unusable) {
			notes.push(`${nameOf(group)} is left out: ${unusable} are not an input of any model`);
		} else if (role === undefined) {
			others.push(group);
		} else if (!patterns[role]) {
			const twin = chosen.get(role);
			if (twin) {
				throw new CosmosError(
					'bad-input',
					`two sequences for ${role}: ${nameOf(twin)} and ${nameOf(group)}`,
					{hint: `Say which: --${role.replaceAll('_', '-')} '${nameOf(twin)}'.`},
				);
			}

			chosen.set(role, group);
		}
	}

	const [only, ...more] = others.filter(({frames}) => frames.length > 1);
	if (only && more.length === 0 && !chosen.has('color')) {
		chosen.set('color', only);
	} else {
		notes.push(...others.map(group => `${nameOf(group)} is left out: its name says no role`));
	}

	notes.push(
		...all
			.filter(group => !isRead(group) && findRole(group.folder, group.beginning))
			.map(
				group =>
					`${nameOf(group)} is left out: ${group.ending} is not read; write PNG, JPEG or OpenEXR`,
			),
	);
	const sequences = sequenceRoles.flatMap(role => {
		const group = chosen.get(role);
		return group ? [sequenceOf(role, group)] : [];
	});
	checkFit(folder, sequences, files, groups);
	return {sequences, notes};
}

function checkFit(
	folder: string,
	sequences: readonly Sequence[],
	files: readonly string[],
	groups: readonly Group[],
): void {
	const [color] = sequences;
	if (color?.role !== 'color') {
		throw new CosmosError(
			'bad-input',
			`${folder} has no color sequence; it has ${describe(files, groups)}`,
			{
				hint: 'Expected color.0001.png, color.0002.png, … (also rgb, beauty; .jpg, .exr), or a folder color/. Or say which: --color frame_####.png',
			},
		);
	}

	const other = sequences.find(one => one.files.length !== color.files.length);
	if (other) {
		throw new CosmosError(
			'bad-input',
			`${other.role} has ${other.files.length} frames, color ${color.files.length}`,
			{hint: 'All sequences must have the same number of frames.'},
		);
	}
}

/** `frame_a_0001.png … frame_a_0120.png and 3 .txt`. */
function describe(files: readonly string[], groups: readonly Group[]): string {
	const shown = groups.slice(0, 4).map(({frames}) => {
		const [first, last] = [frames[0]?.file, frames.at(-1)?.file];
		return first === last ? `${first}` : `${first} … ${last}`;
	});
	const grouped = new Set(groups.flatMap(({frames}) => frames.map(({file}) => file)));
	const rest = files.filter(file => !grouped.has(file));
	const endings = new Map<string, number>();
	for (const file of rest) {
		const ending = /\.[^./]+$/.exec(file)?.[0].toLowerCase() ?? 'without an ending';
		endings.set(ending, (endings.get(ending) ?? 0) + 1);
	}

	const more = groups.length - shown.length;
	const words = [
		...shown,
		...(more > 0 ? [`${more} more sequences`] : []),
		...[...endings].slice(0, 3).map(([ending, count]) => `${count} ${ending}`),
	];
	return words.length === 0 ? 'no files' : words.join(', ');
}

function groupFrames(files: readonly string[]): Group[] {
	const groups = new Map<string, Group>();
	for (const file of files) {
		const [, folder = '', name = ''] = /^(.*\/)?([^/]+)$/.exec(file) ?? [];
		const [, beginning = '', digits = '', ending = ''] = frameName.exec(name) ?? [];
		if (digits === '' || name.startsWith('.')) {
			continue;
		}

		const key = `${folder}${beginning}#${ending.toLowerCase()}`;
		const group = groups.get(key) ?? {folder, beginning, ending, frames: []};
		group.frames.push({file, digits, number: Number(digits)});
		groups.set(key, group);
	}

	for (const {frames} of groups.values()) {
		frames.sort((a, b) => a.number - b.number || (a.file < b.file ? -1 : 1));
	}

	return [...groups.values()];
}

/** Of sequences that differ in their version alone, the one with the highest. */
function newestVersions(groups: readonly Group[]): {groups: Group[]; notes: string[]} {
	const families = Map.groupBy(
		groups,
		({folder, beginning, ending}) =>
			`${folder}${beginning.replace(versionIn, '#')}${ending.toLowerCase()}`,
	);
	const version = ({beginning}: Group) => Number(versionIn.exec(beginning)?.[1] ?? 0);
	const all = [...families.values()].map(family =>
		family.toSorted((a, b) => version(b) - version(a)),
	);
	return {
		groups: all.map(([newest]) => newest as Group),
		notes: all.flatMap(([newest, ...older]) =>
			older.length > 0 && newest
				? [`${nameOf(newest)} is taken: it is newer than ${older.map(nameOf).join(', ')}`]
				: [],
		),
	};
}

function findNamed(folder: string, groups: readonly Group[], pattern: string): Group {
	const wanted = pattern.replaceAll('\\', '/').replace(/^\.\//, '');
	const [, beginning, ending] = /^(.*?)(?:#+|%0?\d*d)([^#%]*)$/.exec(wanted) ?? [];
	if (beginning === undefined || ending === undefined) {
		throw new CosmosError('bad-input', `"${pattern}" is not a pattern of frames`, {
			hint: 'The number is written as #### or %04d: frame_####.png',
		});
	}

	const found = groups.find(
		one =>
			`${one.folder}${one.beginning}` === beginning &&
			one.ending.toLowerCase() === ending.toLowerCase(),
	);
	if (!found) {
		const there = groups.slice(0, 4).map(nameOf).join(', ');
		throw new CosmosError('bad-input', `${folder} has no frames named ${pattern}`, {
			hint: there ? `It has ${there}.` : 'It has no numbered .png, .jpg or .exr files.',
		});
	}

	return found;
}

function nameOf({folder, beginning, ending, frames: [first]}: Group): string {
	return `${folder}${beginning}${'#'.repeat(first?.digits.length ?? 1)}${ending}`;
}

function sequenceOf(role: SequenceRole, group: Group): Sequence {
	const {folder, beginning, ending, frames} = group;
	const [first] = frames as [Frame];
	const width = first.digits.length;
	for (const [index, frame] of frames.entries()) {
		const wanted = first.number + index;
		if (frame.number < wanted) {
			throw new CosmosError('bad-input', `frame ${frame.number} of ${role} exists twice`, {
				hint: `It is ${frames[index - 1]?.file} and ${frame.file}; remove one.`,
			});
		}

		if (frame.number > wanted) {
			throw new CosmosError('bad-input', gapText(role, wanted, frame.number - 1), {
				hint: 'Render the missing frames, or number them without gaps.',
			});
		}

		const name = `${folder}${beginning}${String(wanted).padStart(width, '0')}${ending}`;
		if (frame.file !== name) {
			throw new CosmosError('bad-input', `${frame.file} is not named like ${first.file}`, {
				hint: `Expected ${name}.`,
			});
		}
	}

	return {
		role,
		name: nameOf(group),
		files: frames.map(({file}) => file),
		pattern: `${`${folder}${beginning}`.replaceAll('%', '%%')}%0${width}d${ending.replaceAll('%', '%%')}`,
		start: first.number,
	};
}

function gapText(role: string, from: number, to: number): string {
	return from === to
		? `frame ${from} of ${role} is missing`
		: `frames ${from} to ${to} of ${role} are missing`;
}
