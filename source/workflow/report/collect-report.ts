import {stat} from 'node:fs/promises';
import path from 'node:path';
import {mediaKindOf} from '../../domain/inputs/media.js';
import {describeFlags, formatMeasure} from '../../domain/runs/measures.js';
import {resultFiles} from '../../domain/runs/outputs.js';
import {flagName} from '../../domain/settings/settings.js';
import {kindName, settingValues} from '../../domain/settings/settings-tables.js';
import type {Run, ShownRun} from '../../domain/types.js';
import {hashFile} from '../../executor/transfer.js';
import type {ReportFile, ReportRun, ReportValue} from './report.js';

/** A file that a report takes a copy of. */
export type ReportSource = {
	/** Absolute path. */
	from: string;
	/** Relative to the report, parts separated by `/`. */
	to: string;
	size: number;
	/** It is a video, which gets a still. */
	poster?: string;
};

/** A run as a report has it, and the files that go with it. */
export function collectRun(
	{run, shown}: ShownRun,
	folder: string,
	inputs: readonly ReportSource[],
): {entry: ReportRun; sources: ReportSource[]} {
	const sources: ReportSource[] = [];
	const results = run.outputsDeletedAt ? [] : resultFiles(run);
	const outputs = results.map(({name, size, sha256}, index): ReportFile => {
		const isVideo = mediaKindOf(name) === 'video';
		const source: ReportSource = {
			...{
				from: path.join(folder, 'outputs', ...name.split('/')),
				to: `media/${run.id}/${name}`,
				size,
			},
			...(isVideo && {poster: `posters/${run.id}-${index}.jpg`}),
		};
		sources.push(source);
		return {name, size, sha256, ...shownFile(source)};
	});
	const entry: ReportRun = {
		...{id: run.id, name: run.promptName, text: run.promptText, negative: run.negative},
		...{kind: kindName(run), model: run.model, host: run.host, status: shown},
		failure: 'failure' in run ? run.failure.message : '',
		createdAt: run.createdAt,
		...secondsOf(run),
		simulated: run.simulated,
		...('parentId' in run && run.parentId ? {parent: run.parentId} : {}),
		...{rating: run.rating ?? 0, tags: run.tags ?? [], note: run.note ?? ''},
		pick: run.pick === undefined ? '' : run.pick ? 'yes' : 'no',
		settings: settingValues(run).map(({row, value}) => ({
			...{key: flagName(row.key).slice(2), text: String(value), sort: sortable(String(value))},
		})),
		measures: measuresOf(run),
		flags: run.measures ? describeFlags(run.measures) : [],
		outputs,
		inputs: inputs.map(source => ({
			...{name: path.posix.basename(source.to), size: source.size, sha256: ''},
			...shownFile(source),
		})),
	};
	return {entry, sources};
}

/** The inputs of a run that are still what it got, each copied once for all runs. */
export async function collectInputs(
	run: Run,
): Promise<Array<ReportSource & {role: string; sha256: string}>> {
	const found = await Promise.all(
		run.inputs.map(async ({role, path: from, size, sha256}) => {
			const kind = mediaKindOf(from);
			const now = kind && (await stat(from).catch(() => undefined));
			if (!now || now.size !== size) {
				return [];
			}

			const hash = await hashFile(from);
			if (sha256 !== undefined && sha256 !== hash) {
				return [];
			}

			const to = `inputs/${hash.slice(0, 16)}${path.extname(from).toLowerCase()}`;
			const poster = kind === 'video' ? {poster: `posters/${hash.slice(0, 16)}.jpg`} : {};
			return [{role, from, to, size, sha256: hash, ...poster}];
		}),
	);
	return found.flat();
}

/** How a page refers to a file. */
export function shownFile({to, poster}: ReportSource): Pick<ReportFile, 'src' | 'kind' | 'poster'> {
	const address = (name: string) => name.split('/').map(encodeURIComponent).join('/');
	return {
		src: address(to),
		kind: mediaKindOf(to) ?? 'other',
		...(poster !== undefined && {poster: address(poster)}),
	};
}

function secondsOf({times}: Run): {seconds?: number} {
	return times.uploading && times.ended
		? {seconds: (Date.parse(times.ended) - Date.parse(times.uploading)) / 1000}
		: {};
}

function measuresOf({measures}: Run): ReportValue[] {
	return Object.entries(measures?.values ?? {}).map(([key, value]) => ({
		...{key, text: formatMeasure(key, value), sort: value},
	}));
}

/** Numbers are compared as such. */
function sortable(text: string): number | string {
	const number = Number(text);
	return text.trim() === '' || Number.isNaN(number) ? text : number;
}
