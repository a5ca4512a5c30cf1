import * as z from 'zod';
import {promptSchema, runSchema} from '../schema.js';
import type {TrashEntry} from './trashed.js';

const common = {
	version: z.int().min(1),
	id: z.string(),
	deletedAt: z.iso.datetime(),
};

const entrySchema = z.discriminatedUnion('kind', [
	z.object({...common, kind: z.literal('prompt'), document: promptSchema}),
	z.object({...common, kind: z.literal('run'), document: runSchema}),
	z.object({...common, kind: z.literal('outputs'), promptName: z.string()}),
]);

/**
 * The record of an entry of the trash; undefined when it is damaged, or about something else than
 * its folder's name says.
 */
export function parseTrashEntry(name: string, text: string): TrashEntry | undefined {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		return undefined;
	}

	const {data} = entrySchema.safeParse(content);
	if (!data) {
		return undefined;
	}

	const {version: _, ...entry} = data;
	const own = entry.kind === 'outputs' ? `${entry.id}.outputs` : entry.id;
	const isRight = own === name && (entry.kind === 'outputs' || entry.document.id === entry.id);
	return isRight ? {...entry, name} : undefined;
}
