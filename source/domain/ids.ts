import {CosmosError} from './errors.js';

// Crockford's base 32: no i, l, o, u, so that an id can be read aloud.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const epoch = Date.UTC(2020, 0, 1);
const timeLength = 8; // 32^8 ms from 2020 on last until 2054
const randomLength = 4;

/**
 * `queue` is the one of what the queue says beside its jobs, which is a single document; `sw` is a sweep, `ds` a dataset.
 */
export type IdPrefix = 'ps' | 'run' | 'job' | 'queue' | 'sw' | 'ds';

/**
 * An id that sorts by time: `run_` + eight characters of time + four of chance.
 * @param now milliseconds since 1970
 * @param random four bytes of chance
 */
export function makeId(prefix: IdPrefix, now: number, random: Uint8Array): string {
	let time = Math.max(0, now - epoch);
	let text = '';
	for (let index = 0; index < timeLength; index++) {
		text = alphabet.charAt(time % 32) + text;
		time = Math.floor(time / 32);
	}

	for (let index = 0; index < randomLength; index++) {
		text += alphabet.charAt((random[index] ?? 0) % 32);
	}

	return `${prefix}_${text}`;
}

/**
 * A new id that sorts after `last` even if the clock was set back since.
 * @param last the newest id there is
 */
export function nextId(
	prefix: IdPrefix,
	now: number,
	random: Uint8Array,
	last: string | undefined,
): string {
	const id = makeId(prefix, now, random);
	return last === undefined || id > last ? id : makeId(prefix, timeOf(last) + 1, random);
}

/** Milliseconds since 1970 at which an id was made. */
function timeOf(id: string): number {
	let time = 0;
	for (const character of id.slice(id.indexOf('_') + 1).slice(0, timeLength)) {
		time = time * 32 + alphabet.indexOf(character);
	}

	return time + epoch;
}

const pattern = /^(ps|run|job|queue|sw|ds)_[0-9a-hjkmnp-tv-z]{12}$/;

/** Whether a text is a whole id; only such a text may become a part of a path. */
export function isId(text: string, prefix?: IdPrefix): boolean {
	return pattern.test(text) && (prefix === undefined || text.startsWith(`${prefix}_`));
}

/**
 * The id that the user means: `latest`, a complete id, or any unique prefix, with or without
 * its prefix.
 * @param known ids, oldest first
 * @throws CosmosError (usage) for an unknown or ambiguous reference, naming the nearest ids
 */
export function resolveId(reference: string, known: readonly string[], what: string): string {
	const latest = known.at(-1);
	if (reference === 'latest') {
		if (latest) {
			return latest;
		}

		throw new CosmosError('not-found', `there are no ${what}s yet`);
	}

	const wanted = reference.toLowerCase();
	const matches = wanted === '' ? [] : known.filter(id => beginsWith(id, wanted));
	const exact = matches.find(id => id === wanted);
	if (exact) {
		return exact;
	}

	if (matches.length === 1) {
		return matches[0] as string;
	}

	if (matches.length > 1) {
		throw new CosmosError(
			'ambiguous-id',
			`"${reference}" matches ${matches.length} ${what}s: ${nearest(matches)}`,
			{hint: 'Give a longer part of the id.'},
		);
	}

	throw new CosmosError('not-found', `no ${what} "${reference}"`, {
		hint:
			known.length === 0
				? `There are no ${what}s yet.`
				: `Closest: ${nearest(byCommonStart(known, wanted))}`,
	});
}

function beginsWith(id: string, wanted: string): boolean {
	return id.startsWith(wanted) || id.slice(id.indexOf('_') + 1).startsWith(wanted);
}

function nearest(ids: readonly string[]): string {
	return ids.slice(-3).join(', ');
}

function byCommonStart(known: readonly string[], wanted: string): string[] {
	const bare = wanted.replace(/^(ps|run|job|sw|ds)_/, '');
	const score = (id: string) => {
		const text = id.slice(id.indexOf('_') + 1);
		let length = 0;
		while (length < bare.length && text[length] === bare[length]) {
			length++;
		}

		return length;
	};

	return [...known].sort((a, b) => score(a) - score(b));
}
