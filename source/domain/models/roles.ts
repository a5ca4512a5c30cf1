/** The roles that inputs can have: those that every prompt may use, and those of the families. */
import {
	dataKindOf,
	type InputRole,
	type MediaKind,
	mediaKindOf,
	type RoleRow,
} from '../inputs/media.js';
import {families} from './family-list.js';

/** The video or the picture that a prompt is about, whatever family it is for. */
export const commonRoles: readonly RoleRow[] = [
	{role: 'color', kinds: ['video'], names: ['color']},
	{role: 'image', kinds: ['image'], names: ['image']},
];

/** Every role once, in the order in which a prompt's inputs are shown. */
export const roleRows: readonly RoleRow[] = mergeRoles([
	...commonRoles,
	...families.flatMap(({roles}) => roles),
]);

export const knownRoles: readonly InputRole[] = roleRows.map(({role}) => role);

/** What a file of no known name is for. */
export const mainRoles: Readonly<Record<MediaKind, InputRole>> = {video: 'color', image: 'image'};
/** As people call the source video beside its controls. */
export const sourceName = 'video';

/** An input as a person writes it: a file, or `ROLE=FILE`. The role may be any name. */
export function parseInput(word: string): {role?: InputRole; file: string} {
	const [, name = '', file = ''] = /^([a-z][a-z0-9_-]{0,39})=(.+)$/.exec(word) ?? [];
	return file === '' ? {file: word} : {role: roleNamed(name) ?? name, file};
}

/** What an input is for: as it is written, else by the file's name; undefined for no kind of input. */
export function roleOfInput(word: string): InputRole | undefined {
	const {role, file} = parseInput(word);
	return role ?? guessRole(file);
}

/**
 * The roles that a file can have, of one family or of all, in the order of the roles.
 * @param more those of recipes, which take any file
 */
export function rolesFor(
	file: string,
	model?: string,
	more: readonly InputRole[] = [],
): readonly InputRole[] {
	const kind = mediaKindOf(file);
	const rows =
		model === undefined
			? roleRows
			: [...commonRoles, ...families.flatMap(({name, roles}) => (name === model ? roles : []))];
	const fitting = rows.filter(({kinds}) => kind && kinds.includes(kind)).map(({role}) => role);
	return [...new Set([...fitting, ...more])];
}

/** An input with another role, which is written where the file's name does not say it. */
export function inputWithRole(word: string, role: InputRole): string {
	const {file} = parseInput(word);
	return guessRole(file) === role ? file : `${role}=${file}`;
}

function guessRole(file: string): InputRole | undefined {
	const kind = mediaKindOf(file);
	return kind ? (roleOfFile(file)?.role ?? mainRoles[kind]) : dataRole(file);
}

/** A file that no model takes is called by its name. */
function dataRole(file: string): InputRole | undefined {
	const stem = stemOf(file);
	return dataKindOf(file) && /^[a-z][a-z0-9_-]{0,39}$/.test(stem) ? stem : undefined;
}

/** A file's name without its ending, in lower case. */
export function stemOf(file: string): string {
	const base = file.split(/[\\/]/).at(-1) ?? '';
	return base.replace(/\.[^.]*$/, '').toLowerCase();
}

/** The role that a person names, by its own word or by the name that its files have. */
export function roleNamed(word: string): InputRole | undefined {
	if (word === sourceName) {
		return mainRoles.video;
	}

	return knownRoles.includes(word) ? word : roleRows.find(({names}) => names.includes(word))?.role;
}

/** The role that a file's name says; undefined when it says none, or none of its kind. */
export function roleOfFile(file: string): RoleRow | undefined {
	const name = stemOf(file);
	const kind = mediaKindOf(file);
	return roleRows.find(({names, kinds}) => kind && kinds.includes(kind) && names.includes(name));
}

/** A role that several families have may be any file that one of them takes. */
function mergeRoles(rows: readonly RoleRow[]): RoleRow[] {
	const merged = new Map<InputRole, RoleRow>();
	for (const row of rows) {
		const {kinds, names} = merged.get(row.role) ?? {kinds: [], names: []};
		merged.set(row.role, {
			role: row.role,
			kinds: [...new Set([...kinds, ...row.kinds])],
			names: [...new Set([...names, ...row.names])],
		});
	}

	return [...merged.values()];
}
