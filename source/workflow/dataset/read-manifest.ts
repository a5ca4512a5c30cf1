/** The rows of a manifest: a JSONL or CSV file, standard input, or a folder of clips. */
import {readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import type {RowProblem} from '../../domain/dataset/read-row.js';
import {CosmosError, messageOf, readProblem} from '../../domain/errors.js';
import {mediaKindOf} from '../../domain/inputs/media.js';
import {type Input, readTextFile} from '../prompts/read-text.js';

export type ManifestRow = {
	/** Where it begins; absent for a folder. */
	line?: number;
	values: Record<string, unknown>;
	/** Why it cannot be read at all. */
	problem?: RowProblem;
};

export type Manifest = {
	/** As errors name it. */
	name: string;
	/** Paths count from here. */
	base: string;
	rows: ManifestRow[];
};

/**
 * @param file a `.csv`, `.jsonl` or `.ndjson` file, a folder, or `-` for standard input
 * @throws CosmosError (usage) when it cannot be read, or has no row
 */
export async function readManifest(file: string, context?: Input): Promise<Manifest> {
	const hint = 'Give a JSONL or CSV file, a folder of clips, or - for standard input.';
	const isFolder = file !== '-' && (await isFolderAt(file, hint));
	const manifest = isFolder
		? {name: file, base: path.resolve(file), rows: await rowsOfFolder(path.resolve(file))}
		: {
				name: file === '-' ? 'standard input' : file,
				base: file === '-' ? process.cwd() : path.dirname(path.resolve(file)),
				rows: await rowsOfText(file, await readTextFile(file, {hint, context, longest})),
			};
	if (manifest.rows.length === 0) {
		throw new CosmosError('bad-input', `${manifest.name} has no rows`, {hint});
	}

	return manifest;
}

/** Bytes of a manifest: some hundred thousand rows. */
const longest = 256 * 2 ** 20;

async function isFolderAt(file: string, hint: string): Promise<boolean> {
	try {
		return (await stat(file)).isDirectory();
	} catch (error) {
		throw new CosmosError('bad-input', readProblem(error, file), {hint, cause: error});
	}
}

async function rowsOfText(file: string, text: string): Promise<ManifestRow[]> {
	const ending = path.extname(file).toLowerCase();
	const isCsv = ending === '.csv' || (file === '-' && !text.trimStart().startsWith('{'));
	return isCsv ? rowsOfCsv(text) : rowsOfLines(text);
}

function rowsOfLines(text: string): ManifestRow[] {
	return text
		.split('\n')
		.map((content, index) => ({line: index + 1, content: content.trim()}))
		.filter(({content}) => content !== '')
		.map(({line, content}): ManifestRow => {
			try {
				const value: unknown = JSON.parse(content);
				return typeof value === 'object' && value !== null && !Array.isArray(value)
					? {line, values: value as Record<string, unknown>}
					: {line, values: {}, problem: {rule: 'must be a JSON object'}};
			} catch (error) {
				return {line, values: {}, problem: {rule: `is not valid JSON: ${messageOf(error)}`}};
			}
		});
}

async function rowsOfCsv(text: string): Promise<ManifestRow[]> {
	const {parse} = await import('csv-parse/sync');
	const rows: ManifestRow[] = [];
	let columns: string[] | undefined;
	let line = 1;
	const take = (cells: string[], next: number) => {
		const begins = line;
		line = next;
		if (!columns) {
			columns = cells.map(cell => cell.trim());
			return;
		}

		const values = Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? '']));
		const isWhole = cells.length === columns.length;
		rows.push({
			line: begins,
			values,
			...(!isWhole && {
				problem: {rule: `has ${cells.length} cells, and the head has ${columns.length}`},
			}),
		});
	};

	try {
		parse(text, {
			bom: true,
			relax_column_count: true,
			skip_empty_lines: true,
			on_record(cells: string[], {lines}: {lines: number}) {
				take(cells, lines + 1);
				// What is kept is in the rows.
				return undefined;
			},
		});
	} catch (error) {
		rows.push({line, values: {}, problem: {rule: `is not valid CSV: ${messageOf(error)}`}});
	}

	const twice = columns?.find((name, at) => columns?.indexOf(name) !== at);
	if (twice !== undefined) {
		throw new CosmosError('bad-input', `the head has the column "${twice}" twice`);
	}

	return rows;
}

/** A row for each folder in it, or, if it has none, for each video and image. */
async function rowsOfFolder(folder: string): Promise<ManifestRow[]> {
	const entries = (await readdir(folder, {withFileTypes: true}))
		.filter(({name}) => !name.startsWith('.'))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
	const folders = entries.filter(entry => entry.isDirectory());
	const files = entries.filter(entry => entry.isFile() && mediaKindOf(entry.name));
	return folders.length > 0
		? folders.map(({name}) => ({values: {id: name, folder: path.join(folder, name)}}))
		: files.map(({name}) => ({
				values: {
					id: path.parse(name).name,
					[mediaKindOf(name) === 'video' ? 'color' : 'image']: path.join(folder, name),
				},
			}));
}
