import {opendir, rm, unlink} from 'node:fs/promises';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {Prompt, Run} from '../../domain/types.js';
import {diskError} from '../../machine/disk-error.js';
import {withLock} from '../../machine/file-lock.js';
import type {Collection} from '../documents/collection.js';
import {exists, type Journal, mergeSteps, type Steps} from '../documents/journal.js';
import {makePrivateFolder} from '../documents/safe-file.js';
import {namesIn} from '../names-in.js';
import type {Trash} from '../trash/trash.js';
import type {Imported} from './archive-report.js';
import {content, toImportedPrompt, toImportedRun} from './imported-record.js';
import {type ArchiveContent, readArchive} from './read-archive.js';

export type ImportParts = {
	root: string;
	journal: Journal;
	transaction: <T>(change: () => Promise<T>) => Promise<T>;
	prompts: Collection<Prompt>;
	runs: Collection<Run>;
	trash: Trash;
};

export type ImportOptions = {
	file: string;
	/** Check everything and report what would be done; write nothing. */
	dryRun: boolean;
	/** Use the prompts' videos where the archive says that they are. */
	trustInputs?: boolean;
	now: () => string;
};

type Decision = {report: Imported; texts: Prompt[]; records: Run[]; moves: Steps['moves']};

const nothing: ReadonlySet<string> = new Set();
/** The folder, in the data folder, into which an archive is unpacked before the import is decided. */
const incoming = 'incoming';

/** Imports the records and files of an archive: all that fit or, after a crash, none. */
export async function importArchive(parts: ImportParts, options: ImportOptions): Promise<Imported> {
	const {root, journal, transaction, prompts, runs} = parts;
	const {file, dryRun} = options;
	if (dryRun) {
		return (await decide(parts, await readArchive(file, {root}), options)).report;
	}

	await makePrivateFolder(root);
	return withLock(path.join(root, `${incoming}.lock`), {note: 'imports'}, async () => {
		const folder = path.join(root, incoming);
		await removeAll(folder);
		try {
			const content = await readArchive(file, {root, unpackTo: folder});
			return await transaction(async () => {
				const {report, texts, records, moves} = await decide(parts, content, options);
				const documents = [
					await prompts.stage({put: texts, remove: nothing}),
					await runs.stage({put: records, remove: nothing}),
				];
				await journal.commit(mergeSteps({moves, removes: []}, ...documents));
				return report;
			});
		} finally {
			await removeAll(folder);
		}
	});
}

async function decide(
	parts: ImportParts,
	archive: ArchiveContent,
	{now, trustInputs = false}: ImportOptions,
): Promise<Decision> {
	const report: Imported = {
		prompts: [],
		runs: [],
		same: [],
		outputsBack: [],
		unconfirmed: [],
		conflicts: [],
	};
	const decision: Decision = {report, texts: [], records: [], moves: []};
	const mark = {at: now(), archive: archive.sha256};
	const isThere = (id: string) => archive.runs.has(id);
	const trashed = new Set((await parts.trash.list()).map(({name}) => name));
	for (const prompt of archive.prompts.values()) {
		const own = await parts.prompts.get(prompt.id);
		const why = conflictOf(prompt, own, trashed);
		if (why) {
			report.conflicts.push({id: prompt.id, why});
		} else if (own) {
			report.same.push(prompt.id);
		} else {
			const taken = toImportedPrompt(prompt, mark, trustInputs);
			report.prompts.push(prompt.id);
			report.unconfirmed.push(...(taken.unconfirmed ? [prompt.id] : []));
			decision.texts.push(taken);
		}
	}

	for (const run of archive.runs.values()) {
		await decideRun(parts, decision, {
			run: toImportedRun(run, mark, isThere),
			files: archive.files.get(run.id) ?? new Set(),
			trashed,
			at: mark.at,
		});
	}

	return decision;
}

type Candidate = {run: Run; files: ReadonlySet<string>; trashed: ReadonlySet<string>; at: string};

async function decideRun(
	{root, runs}: ImportParts,
	decision: Decision,
	{run, files, trashed, at}: Candidate,
): Promise<void> {
	const {report} = decision;
	const {id} = run;
	const own = await runs.get(id);
	const why = isUnfinished(run.status)
		? `it is ${run.status} in the archive`
		: conflictOf(run, own, trashed);
	const outputs = (('outputs' in run && run.outputs) || []).map(({name}) => `outputs/${name}`);
	if (why) {
		report.conflicts.push({id, why});
	} else if (own) {
		const gone = await findMissing(path.join(root, 'runs', id), outputs);
		const back = gone.filter(name => files.has(name));
		if (back.length === 0) {
			report.same.push(id);
			return;
		}

		report.outputsBack.push(id);
		const moves = back.map(name => [`${incoming}/${id}/${name}`, `runs/${id}/${name}`] as const);
		decision.moves = [...decision.moves, ...moves];
		decision.records.push(back.length === gone.length ? withoutDeletionMark(own) : own);
	} else if ((await namesIn(path.join(root, 'runs', id))).length > 0) {
		const hint = '`cosmos verify --fix` moves it aside';
		report.conflicts.push({
			id,
			why: `there is a folder runs/${id} that belongs to no run; ${hint}`,
		});
	} else {
		report.runs.push(id);
		const isWhole = outputs.every(name => files.has(name));
		decision.records.push(isWhole ? withoutDeletionMark(run) : {...run, outputsDeletedAt: at});
		if (files.size > 0) {
			decision.moves = [...decision.moves, [`${incoming}/${id}`, `runs/${id}`]];
		}
	}
}

function conflictOf(
	theirs: Prompt | Run,
	own: Prompt | Run | undefined,
	trashed: ReadonlySet<string>,
): string | undefined {
	if (own) {
		return isDeepStrictEqual(content(own), content(theirs))
			? undefined
			: 'a different version already exists here';
	}

	return trashed.has(theirs.id) ? 'it is in the trash; restore it or empty the trash' : undefined;
}

/** A run without the note that its outputs are gone: that is no difference between two stores. */
function withoutDeletionMark(run: Run): Run {
	const {outputsDeletedAt: _, ...rest} = run;
	return rest as Run;
}

async function findMissing(folder: string, names: readonly string[]): Promise<string[]> {
	const gone: string[] = [];
	for (const name of names) {
		if (!(await exists(path.join(folder, name)))) {
			gone.push(name);
		}
	}

	return gone;
}

async function removeAll(folder: string): Promise<void> {
	try {
		await removeFiles(folder);
		await rm(folder, {recursive: true, force: true});
	} catch (error) {
		throw diskError(error, 'write', folder);
	}
}

/** One by one: `rm` has all names of a folder in memory, and a promise for each. */
async function removeFiles(folder: string): Promise<void> {
	if (!(await exists(folder))) {
		return;
	}

	for await (const entry of await opendir(folder)) {
		const place = path.join(folder, entry.name);
		await (entry.isDirectory() ? removeFiles(place) : unlink(place));
	}
}
