import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects} from 'hyparquet';
import {expect, it, onTestFinished} from 'vitest';
import type {DatasetRow, OutputRow} from '../../../source/domain/dataset/dataset.js';
import type {Run} from '../../../source/domain/types.js';
import type {Store} from '../../../source/store/store.js';
import {
	appendRows,
	checkGrowingFormat,
	columnsOf,
	exportRowsFile,
	outputRow,
	readOutputRows,
	writeRowsFile,
} from '../../../source/workflow/dataset/output-rows.js';
import {sampleRun} from '../../store/samples.js';

const row = {
	...{key: 'a', status: 'completed', name: 'a', inputs: [], attempts: 1},
	...{runId: 'run_000000000001', columns: {status: 'mine', take: 3}},
} as unknown as DatasetRow;

it('the output row of a clip says what is wrong with a completed result', async () => {
	const run = {
		...sampleRun('run_000000000001'),
		...{status: 'completed', exitCode: 0, outputs: []},
		measures: {
			at: '2026-11-24T12:00:00.000Z',
			values: {black: 100},
			flagged: [{flag: 'black', name: 'output.mp4'}],
			limits: [{action: 'reject', filter: 'black>50'}],
		},
	} as Run;
	const store = {
		getRun: async () => ({run}) as Awaited<ReturnType<Store['getRun']>>,
		runFolder: (id: string) => `/data/${id}`,
	};
	expect(await outputRow(store, 'ds_1', row)).toMatchObject({
		status: 'completed',
		flags: ['output.mp4 is black', 'rejected by black>50'],
		measures: {black: 100},
	});
});

it('columns of the manifest that are named as ours get a name of their own', async () => {
	const store = {getRun: async () => undefined, runFolder: () => '/data'};
	const out = await outputRow(store, 'ds_1', row);
	expect(out).toMatchObject({status: 'completed', manifest_status: 'mine', take: 3});
	expect(columnsOf([row]).map(({name}) => name)).toEqual(expect.arrayContaining(Object.keys(out)));
});

it('only the export for people keeps a spreadsheet from running texts as formulas', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-rows-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
	const texts = [
		'=HYPERLINK("http://x","y")',
		'+1+1',
		'-2+3',
		'@SUM(A1)',
		'\t=1',
		'\uff1d1',
		'a=b',
	];
	const numbers = [-0.5, '-3', '+4', '-1e-3'];
	const values = [...texts, ...numbers];
	const names = ['=col', ...values.map((_, at) => `c${at}`)];
	const columns = names.map(name => ({name, type: 'STRING'}) as const);
	const row = Object.fromEntries(['x', ...values].map((value, at) => [names[at], value]));
	const parts = async function* () {
		yield [row as unknown as OutputRow];
	};
	const file = (name: string) => path.join(folder, name);
	const read = (name: string) => readFileSync(file(name), 'utf8');
	const exact = `x,"=HYPERLINK(""http://x"",""y"")",+1+1,-2+3,@SUM(A1),\t=1,\uff1d1,a=b,-0.5,-3,+4,-1e-3\n`;

	await writeRowsFile(file('run.csv'), columns, parts());
	await appendRows(file('run.csv'), [row as unknown as OutputRow], columns);
	expect(read('run.csv')).toBe(`${names.join(',')}\n${exact}${exact}`);

	expect(await exportRowsFile(file('export.csv'), columns, parts())).toBe(7);
	expect(read('export.csv')).toBe(
		`'${names.join(',')}\nx,"'=HYPERLINK(""http://x"",""y"")",'+1+1,'-2+3,'@SUM(A1),'\t=1,'\uff1d1,a=b,-0.5,-3,+4,-1e-3\n`,
	);

	expect(await exportRowsFile(file('export.jsonl'), columns, parts())).toBe(0);
	expect(JSON.parse(read('export.jsonl'))).toEqual(row);
});

it('a Parquet file has a typed column for each field, whatever rows lack it', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-rows-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
	const carried = [
		{take: 3, camera: 'left', sunny: true, mixed: 1, object: {a: [1, null]}},
		{take: 2.5, camera: null, mixed: 'one', '=late': '=1+1'},
		{},
	];
	const rows = Array.from({length: 5000}, (_, index): DatasetRow => {
		const columns = carried[index % 3] as Record<string, unknown>;
		return {...row, ...{index, key: `${index}`, line: index + 2, columns}, runId: undefined};
	});
	const store = {getRun: async () => undefined, runFolder: () => '/data'};
	const file = path.join(folder, 'rows.parquet');
	expect(await exportRowsFile(file, columnsOf(rows), readOutputRows(store, 'ds_1', rows))).toBe(0);

	const buffer = await asyncBufferFromFile(file);
	const {schema, row_groups: groups, num_rows: count} = await parquetMetadataAsync(buffer);
	expect([groups.length, count]).toEqual([2, 5000n]);
	const types = schema.map(({name, type, converted_type: kind}) => [name, kind ?? type]);
	expect(Object.fromEntries(types)).toMatchObject({
		...{id: 'UTF8', line: 'INT32', seconds: 'DOUBLE', settings: 'JSON', outputs: 'JSON'},
		...{
			take: 'DOUBLE',
			camera: 'UTF8',
			sunny: 'BOOLEAN',
			mixed: 'JSON',
			object: 'JSON',
			'=late': 'UTF8',
		},
	});
	const read = await parquetReadObjects({file: buffer});
	expect(read[0]).toMatchObject({
		...{
			id: '0',
			line: 2,
			dataset: 'ds_1',
			status: 'completed',
			text: null,
			outputs: [],
			attempts: 1,
		},
		...{take: 3, camera: 'left', sunny: true, mixed: 1, object: {a: [1, null]}, '=late': null},
	});
	expect(read[4999]).toMatchObject({
		...{id: '4999', line: 5001},
		...{take: 2.5, camera: null, sunny: null, mixed: 'one', object: null, '=late': '=1+1'},
	});
});

it('an output file that rows are added to is no Parquet', () => {
	for (const file of ['out.parquet', 'out.xlsx']) {
		expect(() => checkGrowingFormat(file)).toThrow(`JSON lines or CSV, not as ${file}`);
	}

	expect(() => checkGrowingFormat('out.CSV')).not.toThrow();
});
