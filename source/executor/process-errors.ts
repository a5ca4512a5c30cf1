import {readFile} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {batchModelOf} from '../domain/models/models.js';
import {leadOf} from '../domain/runs/batch.js';
import type {Run} from '../domain/types.js';
import type {JobContext} from './job-context.js';
import {runFolderOf} from './run-folder.js';

/** Bytes of one; a larger one is none of torchrun's. */
const mostError = 1024 * 1024;
/** Characters that are looked at. */
const longestError = 20_000;

/** What torchrun keeps of a process that has ended with an exception. */
const errorFile = z.object({message: z.object({message: z.string()})});

/**
 * What each of a job's processes has ended with, by its number. Empty for a job whose processes leave nothing.
 * The files stay in the folder of the run that the job is named after.
 */
export async function readProcessErrors(
	run: Run,
	{session: {transport, remoteDir}, jobStore, signal}: JobContext,
): Promise<Map<number, string>> {
	const errors = new Map<number, string>();
	const name = run.batch && batchModelOf(run)?.errors;
	if (!name) {
		return errors;
	}

	const folder = `${remoteDir}/${runFolderOf(leadOf(run))}/${name}`;
	for (const file of await transport.listFiles(folder, signal)) {
		const rank = /\/(\d{1,4})\/error\.json$/.exec(file.name)?.[1];
		if (rank !== undefined && file.size > 0 && file.size <= mostError) {
			const here = path.join(jobStore.folderOf(leadOf(run)), `process-${rank}.json`);
			await transport.download(`${folder}/${file.name}`, here, {size: file.size, signal});
			const words = messageIn(await readFile(here, 'utf8'));
			if (words !== undefined) {
				errors.set(Number(rank), words);
			}
		}
	}

	return errors;
}

function messageIn(text: string): string | undefined {
	try {
		return errorFile.parse(JSON.parse(text)).message.message.slice(0, longestError);
	} catch {
		// Cut off when the process was killed.
		return undefined;
	}
}
