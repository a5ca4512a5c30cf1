/** The file of output rows: JSON lines, or CSV. */
import {appendFile, open, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import type {DatasetRow, OutputRow} from '../../domain/dataset/dataset.js';
import {CosmosError} from '../../domain/errors.js';
import {describeFlags} from '../../domain/runs/measures.js';
import type {Run} from '../../domain/types.js';
import {diskError} from '../../machine/disk-error.js';
import {syncFolder} from '../../machine/sync-folder.js';
import type {Store} from '../../store/store.js';

type RunReader = Pick<Store, 'getRun' | 'runFolder'>;

/** Formats of output rows, by the ending of the file. */
export type RowFormat = 'jsonl' | 'csv';

/** @throws CosmosError (usage) for a file of another ending */
export function formatOf(file: string): RowFormat {
	const ending = path.extname(file).toLowerCase();
	if (ending === '.csv') {
		return 'csv';
	}

	if (ending === '.jsonl' || ending === '.ndjson') {
		return 'jsonl';
	}

	throw new CosmosError('usage', `output rows are written as JSON lines or CSV, not as ${file}`, {
		hint: 'Give a file that ends in .jsonl or .csv.',
	});
}

/** Rows whose runs are read at the same time. */
const rowsAtOnce = 64;

/** The output rows of a dataset, some at a time: each has most of its run's record. */
export async function* readOutputRows(
	store: RunReader,
	dataset: string,
	rows: readonly DatasetRow[],
): AsyncGenerator<OutputRow[]> {
	for (let at = 0; at < rows.length; at += rowsAtOnce) {
		const some = rows.slice(at, at + rowsAtOnce);
		yield await Promise.all(some.map(row => outputRow(store, dataset, row)));
	}
}

/** What the output file has of a clip, with its last run if it has one. */
export async function outputRow(
	store: RunReader,
	dataset: string,
	row: DatasetRow,
): Promise<OutputRow> {
	const run = row.runId === undefined ? undefined : (await store.getRun(row.runId))?.run;
	const {key, line, status, hash, name, inputs, reason, message, attempts, sweep} = row;
	const own: OutputRow = {
		id: key,
		...(line !== undefined && {line}),
		...{dataset, status},
		...(reason !== undefined && {reason}),
		...(message !== undefined && {message}),
		name,
		...(run && {
			text: run.promptText,
			negative: run.negative,
			operation: run.operation,
			model: run.model,
			...(run.mode !== undefined && {mode: run.mode}),
			settings: run.settings as OutputRow['settings'],
		}),
		...(sweep && {sweep: sweep.axes}),
		inputs: inputs.map(({role, path: file, sha256}) => ({role, path: file, sha256})),
		outputs: outputsOf(run, store),
		...(run?.measures && {flags: describeFlags(run.measures), measures: {...run.measures.values}}),
		...(run && {run: run.id, host: run.host, ...secondsOf(run)}),
		...(run?.madeBy && {madeBy: run.madeBy}),
		attempts,
		...(hash !== undefined && {hash}),
	};
	const carried = Object.entries(row.columns).map(([column, value]) => [
		carriedName(column),
		value,
	]);
	return {...own, ...Object.fromEntries(carried)};
}

/** The name that a column of the manifest has in the output. */
function carriedName(column: string): string {
	return column in emptyCells ? `manifest_${column}` : column;
}

function outputsOf(run: Run | undefined, store: RunReader): OutputRow['outputs'] {
	if (run?.status !== 'completed' || run.outputsDeletedAt) {
		return [];
	}

	const folder = path.join(store.runFolder(run.id), 'outputs');
	return run.outputs.map(({name, size, sha256}) => ({path: path.join(folder, name), size, sha256}));
}

function secondsOf({times, createdAt}: Run): {seconds?: number} {
	const {uploading = createdAt, ended} = times;
	return ended === undefined ? {} : {seconds: (Date.parse(ended) - Date.parse(uploading)) / 1000};
}

/** The columns of a CSV file, in their order; those that are carried through follow. */
const emptyCells = {
	...{id: '', line: '', dataset: '', status: '', reason: '', message: '', name: ''},
	...{text: '', negative: '', operation: '', model: '', mode: '', settings: '', sweep: ''},
	...{
		inputs: '',
		outputs: '',
		flags: '',
		measures: '',
		run: '',
		host: '',
		seconds: '',
		madeBy: '',
		attempts: '',
		hash: '',
	},
};

/** What becomes of a text in a cell of CSV. */
type CellText = (text: string) => string;

/** For programs: as it is. */
const exact: CellText = text => text;

/** @param columns those of the file, for CSV */
function lineOf(
	row: OutputRow,
	format: RowFormat,
	columns: readonly string[],
	cellText: CellText,
): string {
	return format === 'jsonl'
		? `${JSON.stringify(row)}\n`
		: `${columns.map(column => cell(row[column], cellText)).join(',')}\n`;
}

/** A cell of CSV (RFC 4180); lists and objects are JSON. */
function cell(value: unknown, cellText: CellText): string {
	const text =
		value === undefined || value === null
			? ''
			: typeof value === 'object'
				? JSON.stringify(value)
				: typeof value === 'string'
					? cellText(value)
					: String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text that a spreadsheet may take for a formula: by its first character, unless it is a number. */
const formula = /^(?![+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$)[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/i;

/** The columns that a CSV file of these rows has. */
export function columnsOf(rows: ReadonlyArray<Pick<DatasetRow, 'columns'>>): string[] {
	const carried = rows.flatMap(({columns}) => Object.keys(columns).map(carriedName));
	return [...new Set([...Object.keys(emptyCells), ...carried])];
}

/**
 * Replaces a file of output rows as a whole: a crash leaves the old one or the new one.
 * @param parts the rows, some at a time
 * @throws CosmosError (home)
 */
export async function writeRowsFile(
	file: string,
	columns: readonly string[],
	parts: AsyncIterable<readonly OutputRow[]>,
	cellText = exact,
): Promise<void> {
	const format = formatOf(file);
	const temporary = `${file}.tmp`;
	try {
		const handle = await open(temporary, 'w');
		try {
			await handle.writeFile(
				format === 'csv' ? `${columns.map(column => cell(column, cellText)).join(',')}\n` : '',
			);
			for await (const rows of parts) {
				await handle.writeFile(rows.map(row => lineOf(row, format, columns, cellText)).join(''));
			}

			await handle.sync();
		} finally {
			await handle.close();
		}

		await rename(temporary, file);
		await syncFolder(path.dirname(file));
	} catch (error) {
		await rm(temporary, {force: true}).catch(() => undefined);
		throw diskError(error, 'write', file);
	}
}

/**
 * Writes rows for people: a spreadsheet runs a text that begins with `=`, `+`, `-` or `@` as a formula, and texts
 * come from manifests and archives of others. In CSV they begin with an apostrophe, so that it shows them as texts.
 * @returns the number of those texts
 */
export async function exportRowsFile(
	...[file, columns, parts]: Parameters<typeof writeRowsFile>
): Promise<number> {
	let count = 0;
	await writeRowsFile(file, columns, parts, text => {
		const isFormula = formula.test(text);
		count += Number(isFormula);
		return isFormula ? `'${text}` : text;
	});
	return count;
}

/**
 * Adds rows to a file while its dataset runs, in the order in which they end.
 * @param columns those of the head of a CSV file
 */
export async function appendRows(
	file: string,
	rows: readonly OutputRow[],
	columns: readonly string[],
): Promise<void> {
	const format = formatOf(file);
	try {
		await appendFile(file, rows.map(row => lineOf(row, format, columns, exact)).join(''));
	} catch (error) {
		throw diskError(error, 'write', file);
	}
}
