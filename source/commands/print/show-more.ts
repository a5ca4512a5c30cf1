import {describeFlags, formatMeasure} from '../../domain/runs/measures.js';
import {formatLocalTime, statusSigns} from '../../domain/text-format.js';
import type {Annotations, Run} from '../../domain/types.js';
import type {Lineage, Relative} from '../../workflow/runs/record-types.js';

/** The lines of `cosmos show` with the rating, tags and note of a prompt or a run. */
export function opinionLines({rating, tags, note, pick}: Annotations): string[] {
	return [
		...(pick === undefined ? [] : [pick ? 'picked' : 'rejected']),
		...(rating ? [`rating    ${'★'.repeat(rating)}${'☆'.repeat(5 - rating)}`] : []),
		...(tags ? [`tags      ${tags.join(' ')}`] : []),
		...(note ? [`note      ${note.replaceAll('\n', `\n${' '.repeat(10)}`)}`] : []),
	];
}

/** The lines of `cosmos show` with what is wrong with the result, and with its measures. */
export function measureLines({measures}: Run): string[] {
	if (!measures) {
		return [];
	}

	const {against, values} = measures;
	const compared = against === undefined ? '' : `, compared with ${against}`;
	return [
		...describeFlags(measures).map(text => `warning   ${text}`),
		`measures  ${formatLocalTime(measures.at)}${compared}`,
		...Object.entries(values).map(
			([key, value]) => `  ${key.padEnd(20)} ${formatMeasure(key, value)}`,
		),
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
