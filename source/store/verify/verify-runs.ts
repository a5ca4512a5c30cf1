import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {lstat, readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {systemCode} from '../../domain/errors.js';
import {isId} from '../../domain/ids.js';
import {partsOf} from '../../domain/runs/output-parts.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {OutputFile, Prompt, Run} from '../../domain/types.js';
import {diskError} from '../../machine/disk-error.js';
import type {Collection} from '../documents/collection.js';
import {exists} from '../documents/journal.js';
import {namesIn} from '../names-in.js';
import type {CheckedStore, Repairable} from './finding.js';

export type RunChecks = {
	runs: Collection<Run>;
	prompts: Collection<Prompt>;
	/** Compare the hash of every output, which reads all of them. */
	deep: boolean;
	/** Ids that are in the trash. */
	trashed: ReadonlySet<string>;
	/** ISO 8601. */
	now: () => string;
	/** Called with each output that is hashed. */
	onProgress: (what: string) => void;
};

/** Run folders without a run, runs without their files. */
export async function checkRuns(checked: CheckedStore, checks: RunChecks): Promise<Repairable[]> {
	const {root} = checked;
	const folders = new Set(
		(await namesIn(path.join(root, 'runs'))).filter(name => isId(name, 'run')),
	);
	const known = new Set(await checks.runs.ids());
	const findings: Repairable[] = [];
	for (const id of folders) {
		if (!known.has(id)) {
			findings.push(await orphan(checked, checks, id));
		}
	}

	const prompts = new Set(await checks.prompts.ids());
	const ended: Run[] = [];
	await checks.runs.each(run => {
		if (!isUnfinished(run.status)) {
			ended.push(run);
		}
	});
	for (const run of ended) {
		findings.push(...(await checkOutputs(checked, checks, run)));
		const {promptId} = run;
		if (promptId !== undefined && !prompts.has(promptId) && !checks.trashed.has(promptId)) {
			findings.push({
				kind: 'reference',
				path: `runs/${run.id}`,
				what: `is a run of ${promptId}, which is not in the store`,
				isNote: true,
			});
		}
	}

	return findings;
}

async function orphan(
	{root, transaction, putAside}: CheckedStore,
	{runs}: RunChecks,
	id: string,
): Promise<Repairable> {
	const name = `runs/${id}`;
	const isEmpty = !(await hasFiles(path.join(root, name)));
	return {
		kind: 'orphan',
		path: name,
		what: isEmpty ? 'is an empty folder without a run' : 'is a run folder without a record',
		fix: isEmpty ? 'remove it' : 'move it aside',
		repair: () =>
			transaction(async () => {
				// A run may have begun since.
				if (await runs.get(id)) {
					return;
				}

				if (await hasFiles(path.join(root, name))) {
					await putAside(name);
				} else {
					await rm(path.join(root, name), {recursive: true, force: true});
				}
			}),
	};
}

async function checkOutputs(
	checked: CheckedStore,
	checks: RunChecks,
	run: Run,
): Promise<Repairable[]> {
	const outputs = ('outputs' in run && run.outputs) || [];
	const folder = `runs/${run.id}/outputs`;
	// `cosmos fetch` resumes those of an uncollected run.
	const findings = run.status === 'uncollected' ? [] : await checkParts(checked, folder);
	if (run.outputsDeletedAt !== undefined || outputs.length === 0) {
		return findings;
	}

	const missing: OutputFile[] = [];
	for (const output of outputs) {
		const name = `${folder}/${output.name}`;
		const size = await sizeOf(path.join(checked.root, name));
		if (size === undefined) {
			missing.push(output);
			findings.push({kind: 'outputs', path: name, what: 'is gone', advice: bringBack});
		} else if (size !== output.size) {
			const what = `has ${size} bytes; it was downloaded with ${output.size}`;
			findings.push({kind: 'outputs', path: name, what, advice: bringBack});
		} else if (checks.deep) {
			checks.onProgress(name);
			if ((await hashOf(path.join(checked.root, name))) !== output.sha256) {
				const what = 'has changed since it was downloaded';
				findings.push({kind: 'hash', path: name, what, advice: bringBack});
			}
		}
	}

	return missing.length === outputs.length
		? [...findings.filter(({kind}) => kind === 'unfinished'), allGone(checked, checks, run)]
		: findings;
}

const bringBack = '`cosmos import` restores it from an export; otherwise run it again.';

/** When nothing is left of the outputs, the record can say so. */
function allGone({transaction}: CheckedStore, {runs, now}: RunChecks, {id}: Run): Repairable {
	return {
		kind: 'outputs',
		path: `runs/${id}/outputs`,
		what: 'has none of the outputs of its run',
		fix: 'note in the record that the outputs are gone',
		repair: () =>
			transaction(async () => {
				await runs.update(id, run => {
					const isSo = 'outputs' in run && run.outputsDeletedAt === undefined;
					return isSo ? {...run, outputsDeletedAt: now()} : run;
				});
			}),
	};
}

/** Interrupted downloads; those of an unfinished run are ignored. */
async function checkParts(
	{root, transaction, putAside}: CheckedStore,
	folder: string,
): Promise<Repairable[]> {
	const parts = partsOf(folder);
	const names = await filesBelow(path.join(root, parts));
	return names.map(name => ({
		kind: 'unfinished' as const,
		path: `${parts}/${name}`,
		what: 'is part of an interrupted download',
		fix: 'move it aside',
		repair: () =>
			transaction(async () => {
				if (await exists(path.join(root, parts, name))) {
					await putAside(`${parts}/${name}`);
				}
			}),
	}));
}

async function hasFiles(folder: string): Promise<boolean> {
	return (await filesBelow(folder)).length > 0;
}

/** Everything below a folder that is no folder itself, `/` between parts. */
async function filesBelow(folder: string): Promise<string[]> {
	try {
		const entries = await readdir(folder, {recursive: true, withFileTypes: true});
		return entries
			.filter(entry => !entry.isDirectory())
			.map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
			.map(name => name.replaceAll(path.sep, '/'));
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) {
			return [];
		}

		throw diskError(error, 'read', folder);
	}
}

async function sizeOf(file: string): Promise<number | undefined> {
	try {
		const found = await lstat(file);
		return found.isFile() ? found.size : undefined;
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) {
			return undefined;
		}

		throw diskError(error, 'read', file);
	}
}

async function hashOf(file: string): Promise<string> {
	const hash = createHash('sha256');
	try {
		await pipeline(createReadStream(file), hash);
	} catch (error) {
		throw diskError(error, 'read', file);
	}

	return hash.digest('hex');
}
