/** Writes a report: a folder that any browser opens from the disk, with everything that it shows. */

import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {findDiffering} from '../../domain/settings/differing.js';
import {counted} from '../../domain/text-format.js';
import type {ShownRun} from '../../domain/types.js';
import {packageRoot, packageVersion} from '../../package-root.js';
import type {Store} from '../../store/store.js';
import {drawStill} from '../runs/draw-still.js';
import {cardHtml, escapeHtml} from './card.js';
import {collectInputs, collectRun, type ReportSource, shownFile} from './collect-report.js';
import type {Report, ReportRun} from './report.js';
import type {ReportRequest, WrittenReport} from './report-types.js';

const pageName = 'index.html';
/** By which the page of a report is known: a folder of something else is never replaced. */
const pageMark = '<script type="application/json" id="report">';
/** What a report has in its folder, and what macOS puts into each. */
const ownNames = [pageName, 'media', 'inputs', 'posters', '.DS_Store'];
/** Cards that are written into the page, so that they are seen before its program has started. */
const firstCards = 24;
/** Pixels: the width of a still. */
const posterWidth = 480;

/**
 * @throws CosmosError (usage) for no runs, or a folder that holds something else; (home) when it cannot be
 * written; (cancelled) by the signal. Nothing is left in any of these cases.
 */
export async function writeReport(
	store: Store,
	runs: readonly ShownRun[],
	{folder, title, force = false, signal, onProgress}: ReportRequest,
): Promise<WrittenReport> {
	if (runs.length === 0) {
		throw new CosmosError('usage', 'there are no runs for the report', {
			hint: 'Name runs or prompts, or loosen the filter.',
		});
	}

	const target = path.resolve(folder);
	await checkTarget(target, force);
	const work = await makeFolder(target);
	try {
		const copier = createCopier(work, signal);
		const entries: ReportRun[] = [];
		for (const [index, shown] of runs.entries()) {
			signal?.throwIfAborted();
			const inputs = await collectInputs(shown.run);
			const {entry, sources} = collectRun(shown, store.runFolder(shown.run.id), inputs);
			const kept = new Map<string, Awaited<ReturnType<typeof copier.copy>>>();
			for (const source of [...sources, ...inputs]) {
				kept.set(source.to, await copier.copy(source));
			}

			const files = entry.outputs.flatMap((file, at) => keep(file, sources[at], kept));
			const shownInputs = inputs.flatMap(({role, sha256, ...source}) =>
				keep({name: role, size: source.size, sha256, ...shownFile(source)}, source, kept),
			);
			entries.push({...entry, outputs: files, inputs: shownInputs});
			onProgress?.(index + 1, runs.length);
		}

		const report: Report = {
			title: title ?? entries[0]?.name ?? '',
			madeAt: new Date().toISOString(),
			version: await packageVersion(),
			differing: findDiffering(entries.map(({settings}) => settings)),
			runs: entries.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)),
		};
		await writeFile(path.join(work, pageName), await pageHtml(report));
		await replaceFolder(work, target);
		return {
			...{file: path.join(target, pageName), runs: entries.length},
			...{size: copier.size(), notes: copier.notes()},
		};
	} catch (error) {
		await rm(work, {recursive: true, force: true});
		if (signal?.aborted) {
			throw new CosmosError('cancelled', 'the report was cancelled; nothing was written');
		}

		throw error instanceof CosmosError ? error : cannotWrite(target, error);
	}
}

/** A file without what could not be copied. */
function keep<F extends {poster?: string}>(
	file: F,
	source: ReportSource | undefined,
	kept: ReadonlyMap<string, {file: boolean; poster: boolean}>,
): F[] {
	const done = source && kept.get(source.to);
	const {poster: _, ...rest} = file;
	return !done?.file ? [] : done.poster ? [file] : [rest as F];
}

async function checkTarget(target: string, force: boolean): Promise<void> {
	const names: string[] = await readdir(target).catch(error => {
		if (systemCode(error) === 'ENOENT') {
			return [];
		}

		throw cannotWrite(target, error);
	});
	const foreign = names.find(name => !ownNames.includes(name));
	const isReport = foreign === undefined && (await hasMark(path.join(target, pageName)));
	if (names.length > 0 && !(force && isReport)) {
		const what = force && foreign ? `holds ${foreign}, which is not of a report` : 'is not empty';
		throw new CosmosError('already-exists', `${target} ${what}`, {
			hint: isReport ? '--force replaces the report in it.' : 'Choose another folder.',
		});
	}
}

async function hasMark(page: string): Promise<boolean> {
	return (await readFile(page, 'utf8').catch(() => '')).includes(pageMark);
}

async function makeFolder(target: string): Promise<string> {
	try {
		await mkdir(path.dirname(target), {recursive: true});
		return await mkdtemp(`${target}.part-`);
	} catch (error) {
		throw cannotWrite(target, error);
	}
}

/** Puts a whole folder in the place of another one. */
async function replaceFolder(work: string, target: string): Promise<void> {
	const old = `${work}-old`;
	await rename(target, old).catch(error => {
		if (systemCode(error) !== 'ENOENT') {
			throw error;
		}
	});
	await rename(work, target);
	await rm(old, {recursive: true, force: true});
}

function cannotWrite(target: string, error: unknown): CosmosError {
	return new CosmosError('home', `cannot write ${target}: ${messageOf(error)}`, {cause: error});
}

/** Copies each file once, and makes the stills. */
function createCopier(work: string, signal: AbortSignal | undefined) {
	const done = new Map<string, {file: boolean; poster: boolean}>();
	const notes = new Set<string>();
	let size = 0;
	let canDraw = true;
	const place = async (name: string) => {
		const file = path.join(work, ...name.split('/'));
		await mkdir(path.dirname(file), {recursive: true});
		return file;
	};

	return {
		size: () => size,
		notes: () => [...notes],
		async copy(source: ReportSource): Promise<{file: boolean; poster: boolean}> {
			const known = done.get(source.to);
			if (known) {
				return known;
			}

			const state = {file: false, poster: false};
			done.set(source.to, state);
			try {
				await copyFile(source.from, await place(source.to), constants.COPYFILE_FICLONE);
			} catch (error) {
				if (systemCode(error) !== 'ENOENT') {
					throw error;
				}

				notes.add(`${source.from} is not there: left out`);
				return state;
			}

			state.file = true;
			size += source.size;
			if (source.poster !== undefined && canDraw) {
				try {
					state.poster = await drawStill(source.from, await place(source.poster), {
						width: posterWidth,
						signal,
					});
				} catch (error) {
					if (signal?.aborted || !(error instanceof CosmosError)) {
						throw error;
					}

					canDraw = error.code !== 'program-missing';
					notes.add(
						canDraw
							? `${source.from} has no still: ${error.message}`
							: `no stills: ${error.message}`,
					);
				}
			}

			return state;
		},
	};
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export async function pageHtml(report: Report): Promise<string> {
	const read = async (name: string) => readFile(path.join(packageRoot(), 'dist', name), 'utf8');
	const [script, style] = await Promise.all([read('report.js'), read('report.css')]);
	// No word of a record can end the block that it stands in.
	const data = JSON.stringify(report).replaceAll('<', '\\u003c');
	const policy = [
		"default-src 'none'",
		`script-src ${hashOf(script)}`,
		`style-src ${hashOf(style)}`,
		"img-src 'self' file:",
		"media-src 'self' file:",
		"base-uri 'none'",
		"form-action 'none'",
	].join('; ');
	const title = escapeHtml(report.title);
	const cards = report.runs.slice(0, firstCards).map(run => cardHtml(run, report.differing));
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header class="top">
<h1>${title}</h1>
<input id="search" type="search" placeholder="words, stars>=3, pick:yes, flag:black, seed:13" aria-label="search">
<label>sort <select id="order"></select></label>
<span id="axes"><label>columns <select id="across"></select></label> <label>rows <select id="down"></select></label></span>
<button type="button" id="compare" disabled>compare</button>
<span id="count" role="status">${counted(report.runs.length, 'run')}</span>
</header>
<main>
<ul id="gallery">${cards.join('')}</ul>
<div id="table" hidden></div>
<div id="end"></div>
</main>
<dialog id="viewer" aria-label="run"><div id="viewer-body"></div></dialog>
${pageMark}${data}</script>
<script>${script}</script>
</body>
</html>
`;
}
