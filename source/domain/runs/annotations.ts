import {CosmosError} from '../errors.js';
import type {Annotations} from '../types.js';

/** A change of the rating, tags or note of a prompt or a run; absent fields are kept. */
export type AnnotationChange = {
	/** 0 to 5; 0 takes the rating away. */
	rating?: number;
	addTags?: readonly string[];
	removeTags?: readonly string[];
	/** Empty takes the note away. */
	note?: string;
	/** Picks or rejects; null takes either back. */
	pick?: boolean | null;
};

const tagPattern = /^[\p{L}\p{N}][\p{L}\p{N}._:-]{0,39}$/u;
const mostTags = 50;
/** Characters. */
const longestNote = 10_000;

/**
 * Checks a change before anything is looked up.
 * @throws CosmosError (usage) that names what is wrong
 */
export function checkAnnotation({rating, addTags = [], note}: AnnotationChange): void {
	if (rating !== undefined && !(Number.isInteger(rating) && rating >= 0 && rating <= 5)) {
		throw new CosmosError('usage', `a rating must be a whole number from 0 to 5, not ${rating}`, {
			hint: '0 clears the rating.',
		});
	}

	const wrong = addTags.find(tag => !tagPattern.test(tag));
	if (wrong !== undefined) {
		throw new CosmosError('invalid-name', `"${wrong}" cannot be a tag`, {
			hint: 'A tag may have up to 40 letters, digits, dots, colons, dashes and underscores, no spaces.',
		});
	}

	if (note !== undefined && note.length > longestNote) {
		throw new CosmosError('invalid-name', `the note has ${note.length} characters`, {
			hint: `The limit is ${longestNote}.`,
		});
	}
}

/**
 * A document with a change applied. Tags are compared without regard to case.
 * @throws CosmosError (usage) for a tag to remove that is not there, or too many tags
 */
export function applyAnnotation<T extends Annotations & {id: string}>(
	document: T,
	change: AnnotationChange,
): T {
	const {rating, tags = [], note, pick, ...rest} = document;
	const next = {
		rating: change.rating ?? rating,
		tags: applyTags(document.id, tags, change),
		note: change.note === undefined ? note : change.note.trim(),
		pick: change.pick === undefined ? pick : (change.pick ?? undefined),
	};
	return {
		...(rest as T),
		...(next.rating ? {rating: next.rating} : {}),
		...(next.tags.length > 0 ? {tags: next.tags} : {}),
		...(next.note ? {note: next.note} : {}),
		...(next.pick === undefined ? {} : {pick: next.pick}),
	};
}

/** The change that takes another one back. @param before the document without it */
export function undoAnnotation(
	{rating = 0, tags = [], note = ''}: Annotations,
	change: AnnotationChange,
): AnnotationChange {
	const had = (tag: string) => tags.some(one => one.toLowerCase() === tag.toLowerCase());
	return {
		...(change.rating !== undefined && {rating}),
		...(change.note !== undefined && {note}),
		addTags: (change.removeTags ?? []).filter(had),
		removeTags: (change.addTags ?? []).filter(tag => !had(tag)),
	};
}

const toKey = (tag: string) => tag.toLowerCase();

/** In linear time: an archive may bring many. */
function applyTags(
	id: string,
	tags: readonly string[],
	{addTags = [], removeTags = []}: AnnotationChange,
): string[] {
	const had = new Set(tags.map(toKey));
	const missing = removeTags.find(tag => !had.has(toKey(tag)));
	if (missing !== undefined) {
		throw new CosmosError('not-found', `${id} has no tag "${missing}"`, {
			hint: tags.length === 0 ? 'It has no tags.' : `It has: ${tags.join(', ')}.`,
		});
	}

	const removed = new Set(removeTags.map(toKey));
	const next = tags.filter(tag => !removed.has(toKey(tag)));
	const there = new Set(next.map(toKey));
	for (const tag of addTags) {
		if (!there.has(toKey(tag))) {
			there.add(toKey(tag));
			next.push(tag);
		}
	}

	if (next.length > mostTags) {
		throw new CosmosError('usage', `${id} would have ${next.length} tags`, {
			hint: `The limit is ${mostTags}.`,
		});
	}

	return next;
}
