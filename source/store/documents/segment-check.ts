import * as z from 'zod';
import {CosmosError, messageOf} from '../../domain/errors.js';
import {DamagedFileError} from '../verify/damaged-file.js';
import {migrations, schemaVersion} from './schema-version.js';

type Document = {id: string};

/**
 * The documents in a segment's text, each checked.
 * @param file for messages
 * @throws DamagedFileError; CosmosError (home) for a file of a newer schema
 */
export function parseDocuments<T extends Document>(
	text: string,
	file: string,
	schema: z.ZodType<T>,
): readonly T[] {
	const content = migrate(parseJson(text, file), file);
	const checked = z
		.object({ids: z.array(z.string()).optional(), documents: z.array(schema).min(1)})
		.safeParse(content);
	if (!checked.success) {
		const issue = checked.error.issues[0] as z.core.$ZodIssue;
		throw new DamagedFileError(file, `${issue.path.join('.')}: ${issue.message}`, checked.error);
	}

	const {documents} = checked.data;
	if (documents.some(({id}, index) => index > 0 && id <= (documents[index - 1] as T).id)) {
		throw new DamagedFileError(file, 'its ids are out of order');
	}

	return documents;
}

/**
 * The readable documents in damaged text, line by line, as they are written. Those
 * of an old version are left to their file's previous state. Never throws.
 * @returns in order, each id once: of two the later one
 */
export function salvageDocuments<T extends Document>(text: string, schema: z.ZodType<T>): T[] {
	const found = new Map<string, T>();
	for (const candidate of candidates(text)) {
		const {success, data} = schema.safeParse(candidate);
		if (success) {
			found.set(data.id, data);
		}
	}

	return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The documents of the whole text if it is JSON; otherwise those of single JSON lines. */
function candidates(text: string): unknown[] {
	try {
		const {version, documents} = JSON.parse(text.replace(/^\uFEFF/, ''));
		if (Array.isArray(documents)) {
			const known = Number.isInteger(version) && version >= 1 && version < schemaVersion;
			return known ? (migrateAll({version, documents}).documents as unknown[]) : documents;
		}
	} catch {
		// Line by line, then.
	}

	return text.split('\n').flatMap(line => {
		try {
			return line.startsWith('{"id":') ? [JSON.parse(line.replace(/,?\r?$/, ''))] : [];
		} catch {
			return [];
		}
	});
}

function parseJson(text: string, file: string): Record<string, unknown> {
	try {
		// An editor may have put a byte order mark before it.
		return z.record(z.string(), z.unknown()).parse(JSON.parse(text.replace(/^\uFEFF/, '')));
	} catch (error) {
		refuseNewer(Number(/^\{"version":(\d{1,9})\b/.exec(text)?.[1]), file);
		const what =
			text === '' ? 'it is empty' : error instanceof SyntaxError ? messageOf(error) : 'no object';
		throw new DamagedFileError(file, what, error);
	}
}

function migrate(content: Record<string, unknown>, file: string): Record<string, unknown> {
	const {version} = content;
	if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
		throw new DamagedFileError(file, 'it has no schema version');
	}

	refuseNewer(version, file);
	return migrateAll({...content, version});
}

function refuseNewer(version: number, file: string): void {
	if (version > schemaVersion) {
		throw new CosmosError(
			'store-newer',
			`${file} was written by a newer cosmos (schema ${version}; this one knows ${schemaVersion})`,
			{hint: 'Update cosmos. The file was not changed.'},
		);
	}
}

function migrateAll(content: Record<string, unknown> & {version: number}) {
	let migrated: Record<string, unknown> = content;
	for (let from = content.version; from < schemaVersion; from++) {
		migrated = migrations[from]?.(migrated) ?? migrated;
	}

	return migrated;
}
