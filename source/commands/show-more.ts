import {statusSigns} from '../domain/text-format.js';
import type {Annotations} from '../domain/types.js';
import type {Lineage, Relative} from '../workflow/record-types.js';

/** The lines of `cosmos show` with the rating, tags and note of a prompt or a run. */
export function opinionLines({rating, tags, note}: Annotations): string[] {
	return [
		...(rating ? [`rating    ${'★'.repeat(rating)}${'☆'.repeat(5 - rating)}`] : []),
		...(tags ? [`tags      ${tags.join(' ')}`] : []),
		...(note ? [`note      ${note.replaceAll('\n', `\n${' '.repeat(10)}`)}`] : []),
	];
}

/** The lines of `cosmos show` with the sources and results. */
export function lineageLines({parents, children}: Lineage): string[] {
	return [
		...(parents.length > 0 ? ['source', ...parents.map(lineOf)] : []),
		...(children.length > 0 ? ['results', ...children.map(lineOf)] : []),
	];
}

function lineOf({id, relation, name, shown}: Relative): string {
	const status = shown ? `  ${statusSigns[shown]} ${shown}` : '';
	return `  ${relation.padEnd(14)} ${id}  ${name || '(deleted)'}${status}`;
}
