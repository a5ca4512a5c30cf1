import {crc32} from 'node:zlib';
import {kinds, tableOfKind} from '../../domain/settings/settings-tables.js';
import {schemaVersion} from './schema-version.js';

/** Changes with whatever a reader fills in by itself: the settings and their defaults, not their texts. */
const shape = sumOf(
	JSON.stringify(kinds.map(kind => tableOfKind(kind).map(row => [row.key, row.kind, row.default]))),
);

/**
 * The text of a segment's file. The ids are in the first line and each document in one of its own:
 * easy to read in part, and to recover a damaged one. `sums` verifies the rest:
 * if it matches, this program has written the file after checking each document.
 */
export function formatSegment(documents: readonly {id: string}[]): string {
	const ids = JSON.stringify(documents.map(({id}) => id));
	const body = bodyOf(documents.map(lineOf));
	return `{"version":${schemaVersion},"ids":${ids},"sums":"${sumsOf(ids, body)}",\n${body}`;
}

/** The lines of documents that were written: most of a segment's stay as they are when one changes. */
const knownLines = new WeakMap<object, string>();

export function lineOf(document: object): string {
	return knownLines.get(document) ?? JSON.stringify(document);
}

/** A document as a reader of its file gets it: what is undefined is not stored. */
export function asStored<T extends object>(document: T): T {
	if (knownLines.has(document)) {
		return document;
	}

	const line = JSON.stringify(document);
	const stored = JSON.parse(line) as T;
	knownLines.set(stored, line);
	return stored;
}

function bodyOf(lines: readonly string[]): string {
	return `"documents":[\n${lines.join(',\n')}\n]}\n`;
}

function sumsOf(ids: string, body: string): string {
	return `${sumOf(ids)}-${sumOf(body)}-${shape}`;
}

function sumOf(text: string): string {
	return crc32(text).toString(16).padStart(8, '0');
}

const headPattern =
	/^\{"version":(\d+),"ids":(\[[^\]]*\]),"sums":"([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{8})",\n/;

/**
 * The ids in a file's beginning, when that is as `formatSegment` has written it; else undefined: it
 * needs a closer look.
 */
export function trustedIds(text: string): readonly string[] | undefined {
	const [, version, ids, sum] = headPattern.exec(text) ?? [];
	return Number(version) === schemaVersion && ids !== undefined && sumOf(ids) === sum
		? JSON.parse(ids)
		: undefined;
}

/**
 * The documents of a file that is to the byte as this version of the program has written it; else
 * undefined: a person, another version or a fault has changed it.
 */
export function trustedDocuments<T>(text: string): readonly T[] | undefined {
	const [head, version, , , , itsShape] = headPattern.exec(text) ?? [];
	const isOurs = Number(version) === schemaVersion && itsShape === shape;
	return isOurs && isIntact(text)
		? (JSON.parse(`{${text.slice((head as string).length)}`) as {documents: T[]}).documents
		: undefined;
}

/** Whether a file with sums is to the byte as a program has written it, of whichever version. */
export function isIntact(text: string): boolean {
	const [head, , ids, idSum, bodySum] = headPattern.exec(text) ?? [];
	return (
		head !== undefined &&
		sumOf(ids as string) === idSum &&
		sumOf(text.slice(head.length)) === bodySum
	);
}
