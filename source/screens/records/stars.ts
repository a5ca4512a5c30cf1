import {cleanText} from '../../domain/runs/log-lines.js';
import type {Annotations} from '../../domain/types.js';
import {paragraph} from '../../state/content/content-lines.js';
import {type Line, span} from '../../state/content/line.js';

const most = 5;

/** `★★★☆☆`. */
export function starsOf(rating = 0): string {
	return '★'.repeat(rating) + '☆'.repeat(most - rating);
}

/** `#night #keeper`. */
export function tagsText({tags = []}: Annotations): string {
	return tags.map(tag => `#${cleanText(tag)}`).join(' ');
}

/** What a person thinks of a prompt or a run, with an empty row after it; nothing when nothing. */
export function annotationLines(document: Annotations, width: number): Line[] {
	const {rating, note} = document;
	const tags = tagsText(document);
	if (rating === undefined && tags === '' && !note) {
		return [];
	}

	const stars = rating === undefined ? [] : [span('warn', `${starsOf(rating)}  `)];
	return [
		...(rating === undefined && tags === '' ? [] : [[...stars, span('accent', tags)]]),
		...(note ? paragraph(note, width) : []),
		[],
	];
}
