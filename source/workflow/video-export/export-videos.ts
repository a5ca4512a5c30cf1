/** Copies the results of runs into a folder, under names that somebody else can use. */
import {constants} from 'node:fs';
import {copyFile, link, lstat, mkdir, mkdtemp, rm} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {mediaKindOf} from '../../domain/inputs/media.js';
import {outputFolder} from '../../domain/models/model-job.js';
import {type Exported, exportNames, usualTemplate} from '../../domain/runs/export-name.js';
import {resultPictures} from '../../domain/runs/outputs.js';
import type {OutputFile, ShownRun} from '../../domain/types.js';
import {hashFile} from '../../executor/transfer.js';
import type {Store} from '../../store/store.js';
import {drawStill} from '../runs/draw-still.js';
import type {ExportedVideo, ExportedVideos, VideoExport} from './video-export-types.js';

/** A file on its way: from the run's outputs to its new name, with its still. */
type Copy = {from: string; output: OutputFile; exported: ExportedVideo};

/**
 * Copies and compares with the hashes of the download. All files get their names at the end, none in the
 * place of another.
 * @throws CosmosError (usage) for no results, a template that is wrong or a file that is there, (home) when
 * one cannot be written or a still cannot be made, (cancelled) by the signal: nothing is left then
 */
export async function exportVideos(
	store: Store,
	runs: readonly ShownRun[],
	{folder, template = usualTemplate, posters = false, ...request}: VideoExport,
): Promise<ExportedVideos> {
	const {dryRun = false, signal, onProgress} = request;
	const target = path.resolve(folder);
	const {copies, notes} = planCopies(store, runs, {target, template, posters});
	await refuseExisting(copies);
	const files = copies.map(({exported}) => exported);
	if (dryRun) {
		return {folder: target, files, notes};
	}

	const placed: string[] = [];
	let work: string | undefined;
	try {
		await mkdir(target, {recursive: true});
		work = await mkdtemp(path.join(target, '.cosmos-export-'));
		const ready: Array<[made: string, file: string]> = [];
		for (const [index, copy] of copies.entries()) {
			signal?.throwIfAborted();
			ready.push(...(await makeFiles(copy, path.join(work, String(index)), signal)));
			onProgress?.(index + 1, copies.length);
		}

		for (const [made, file] of ready) {
			await mkdir(path.dirname(file), {recursive: true});
			await placeFile(made, file);
			placed.push(file);
		}

		return {folder: target, files, notes};
	} catch (error) {
		await Promise.all(placed.map(file => rm(file, {force: true})));
		if (signal?.aborted) {
			throw new CosmosError('cancelled', 'the export was cancelled; nothing was written');
		}

		throw error instanceof CosmosError
			? error
			: new CosmosError('home', `cannot write ${target}: ${messageOf(error)}`, {cause: error});
	} finally {
		await (work && rm(work, {recursive: true, force: true}));
	}
}

function planCopies(
	store: Store,
	runs: readonly ShownRun[],
	{target, template, posters}: {target: string; template: string; posters: boolean},
): {copies: Copy[]; notes: string[]} {
	const notes: string[] = [];
	const all: Array<Exported & {output: OutputFile}> = [];
	for (const {run, shown} of runs.toSorted((one, other) => (one.run.id < other.run.id ? -1 : 1))) {
		const pictures = resultPictures(run);
		notes.push(...(pictures.length === 0 ? [`${run.id} has no local result: it is ${shown}`] : []));
		all.push(...pictures.map(output => ({run, output, file: output.name})));
	}

	if (all.length === 0) {
		throw new CosmosError('no-result', 'none of these runs has a local video or image', {
			hint: notes[0] ?? 'Name runs, or loosen the filter.',
		});
	}

	const names = exportNames(template, all);
	const copies = all.map(({run, output}, index): Copy => {
		const file = path.join(target, ...(names[index] ?? '').split('/'));
		const isVideo = mediaKindOf(output.name) === 'video';
		return {
			from: path.join(store.runFolder(run.id), outputFolder, ...output.name.split('/')),
			output,
			exported: {
				...{run: run.id, output: output.name, file, size: output.size},
				...(posters && isVideo && {poster: `${file.slice(0, -path.extname(file).length)}.jpg`}),
			},
		};
	});
	return {copies, notes};
}

const filesOf = ({exported: {file, poster}}: Copy) =>
	poster === undefined ? [file] : [file, poster];

/** @throws CosmosError (usage) for a name that is taken: on the disk, or by a still among the images */
async function refuseExisting(copies: readonly Copy[]): Promise<void> {
	const seen = new Set<string>();
	for (const file of copies.flatMap(filesOf)) {
		const isThere = await lstat(file).then(
			() => true,
			() => false,
		);
		if (isThere || seen.has(file)) {
			throw new CosmosError('already-exists', `${file} ${isThere ? 'exists' : 'is named twice'}`, {
				hint: 'Choose another folder, or another template with --name.',
			});
		}

		seen.add(file);
	}
}

async function makeFiles(
	{from, output, exported}: Copy,
	work: string,
	signal: AbortSignal | undefined,
): Promise<Array<[made: string, file: string]>> {
	const cannotCopy = (why: string, cause?: unknown) =>
		new CosmosError('no-result', `cannot export ${from} of ${exported.run}: ${why}`, {
			hint: 'Leave that run out; nothing was written.',
			cause,
		});
	try {
		await copyFile(from, work, constants.COPYFILE_FICLONE);
	} catch (error) {
		throw systemCode(error) === 'ENOENT' ? cannotCopy('it no longer exists', error) : error;
	}

	if ((await hashFile(work, {signal})) !== output.sha256) {
		throw cannotCopy('it has changed since it was downloaded');
	}

	if (exported.poster === undefined) {
		return [[work, exported.file]];
	}

	const still = `${work}.jpg`;
	if (!(await drawStill(from, still, {signal}))) {
		throw cannotCopy('no still can be made of it');
	}

	return [
		[work, exported.file],
		[still, exported.poster],
	];
}

/** Gives a file its name; never that of another one. */
async function placeFile(made: string, file: string): Promise<void> {
	try {
		// Also where two processes export into one folder, a link replaces nothing.
		await link(made, file);
	} catch (error) {
		if (systemCode(error) === 'EEXIST') {
			throw new CosmosError('already-exists', `${file} exists`, {
				hint: 'Choose another folder, or another template with --name.',
				cause: error,
			});
		}

		// Some disks have no links.
		await copyFile(made, file, constants.COPYFILE_EXCL);
	}
}
