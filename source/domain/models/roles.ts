/** The roles that inputs can have: those that every prompt may use, and those of the families. */
import type {InputRole, RoleRow} from '../media.js';
import {families} from './family-list.js';

/** The video or the picture that a prompt is about, whatever family it is for. */
const commonRoles: readonly RoleRow[] = [
	{role: 'color', kinds: ['video'], names: ['color']},
	{role: 'image', kinds: ['image'], names: ['image']},
];

/** Every role once, in the order in which a prompt's inputs are shown. */
export const roleRows: readonly RoleRow[] = mergeRoles([
	...commonRoles,
	...families.flatMap(({roles}) => roles),
]);

export const knownRoles: readonly InputRole[] = roleRows.map(({role}) => role);

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
