/** The file of output rows: JSON lines or CSV; an export may be Parquet too. */
import {appendFile, type FileHandle, open, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import type {Column, DatasetRow, OutputRow} from '../../domain/dataset/dataset.js';
import {CosmosError} from '../../domain/errors.js';
import {describeFlags} from '../../domain/runs/measures.js';
import type {Run} from '../../domain/types.js';
import {diskError} from '../../machine/disk-error.js';
import {syncFolder} from '../../machine/sync-folder.js';
import type {Store} from '../../store/store.js';

type RunReader = Pick<Store, 'getRun' | 'runFolder'>;

/** Formats of output rows, by the ending of the file. */
export type RowFormat = 'jsonl' | 'csv' | 'parquet';

const formats: Readonly<Record<string, RowFormat>> = {
	...{'.jsonl': 'jsonl', '.ndjson': 'jsonl', '.csv': 'csv', '.parquet': 'parquet'},
};

/** @throws CosmosError (usage) for a file of another ending */
export function formatOf(file: string): RowFormat {
	const format = formats[path.extname(file).toLowerCase()];
	if (!format) {
		throw new CosmosError('usage', `output rows are not written as ${file}`, {
			hint: 'Give a file that ends in .jsonl, .csv or .parquet.',
		});
	}

	return format;
}

/** @throws CosmosError (usage) for a file to which no rows can be added while their dataset runs */
export function checkGrowingFormat(file: string): void {
	const format = formats[path.extname(file).toLowerCase()];
	if (format !== 'jsonl' && format !== 'csv') {
		throw new CosmosError(
			'usage',
			`a dataset's rows are written as JSON lines or CSV, not as ${file}`,
			{
				hint: 'Give a file that ends in .jsonl or .csv; `cosmos dataset export` makes Parquet of it.',
			},
		);
	}
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
	return column in ownTypes ? `manifest_${column}` : column;
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

/** The columns of a table, in their order; those that are carried through follow. */
const ownTypes: Readonly<Record<string, Column['type']>> = {
	...{id: 'STRING', line: 'INT32', dataset: 'STRING', status: 'STRING', reason: 'STRING'},
	...{message: 'STRING', name: 'STRING', text: 'STRING', negative: 'STRING', operation: 'STRING'},
	...{model: 'STRING', mode: 'STRING', settings: 'JSON', sweep: 'JSON', inputs: 'JSON'},
	...{outputs: 'JSON', flags: 'JSON', measures: 'JSON', run: 'STRING', host: 'STRING'},
	...{seconds: 'DOUBLE', madeBy: 'JSON', attempts: 'INT32', hash: 'STRING'},
};

/** What becomes of a text in a cell of CSV. */
type CellText = (text: string) => string;

/** For programs: as it is. */
const exact: CellText = text => text;

/** @param columns those of the file, for CSV */
function lineOf(
	row: OutputRow,
	format: RowFormat,
	columns: readonly Column[],
	cellText: CellText,
): string {
	return format === 'jsonl'
		? `${JSON.stringify(row)}\n`
		: `${columns.map(({name}) => cell(row[name], cellText)).join(',')}\n`;
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

/** The columns that a table of these rows has. */
export function columnsOf(rows: ReadonlyArray<Pick<DatasetRow, 'columns'>>): Column[] {
	const types = new Map<string, Column['type'] | undefined>(Object.entries(ownTypes));
	for (const {columns} of rows) {
		for (const [column, value] of Object.entries(columns)) {
			const name = carriedName(column);
			const [before, type] = [types.get(name), typeOf(value)];
			types.set(
				name,
				before !== undefined && type !== undefined && before !== type ? 'JSON' : (before ?? type),
			);
		}
	}

	return [...types].map(([name, type = 'STRING']) => ({name, type}));
}

function typeOf(value: unknown): Column['type'] | undefined {
	switch (typeof value) {
		case 'string':
			return 'STRING';
		case 'number':
			return 'DOUBLE';
		case 'boolean':
			return 'BOOLEAN';
		default:
			return value === null || value === undefined ? undefined : 'JSON';
	}
}

/**
 * Replaces a file of output rows as a whole: a crash leaves the old one or the new one.
 * @param parts the rows, some at a time
 * @throws CosmosError (home)
 */
export async function writeRowsFile(
	file: string,
	columns: readonly Column[],
	parts: AsyncIterable<readonly OutputRow[]>,
	cellText = exact,
): Promise<void> {
	const format = formatOf(file);
	const temporary = `${file}.tmp`;
	try {
		const handle = await open(temporary, 'w');
		try {
			if (format === 'parquet') {
				const {writeParquet} = await import('./parquet-rows.js');
				await writeParquet(handle, columns, parts);
			} else {
				await writeLines(handle, format, columns, parts, cellText);
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

async function writeLines(
	file: FileHandle,
	format: RowFormat,
	columns: readonly Column[],
	parts: AsyncIterable<readonly OutputRow[]>,
	cellText: CellText,
): Promise<void> {
	if (format === 'csv') {
		await file.writeFile(`${columns.map(({name}) => cell(name, cellText)).join(',')}\n`);
	}

	for await (const rows of parts) {
		await file.writeFile(rows.map(row => lineOf(row, format, columns, cellText)).join(''));
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
	columns: readonly Column[],
): Promise<void> {
	const format = formatOf(file);
	try {
		await appendFile(file, rows.map(row => lineOf(row, format, columns, exact)).join(''));
	} catch (error) {
		throw diskError(error, 'write', file);
	}
}
