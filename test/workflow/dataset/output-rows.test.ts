import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import type {DatasetRow, OutputRow} from '../../../source/domain/dataset/dataset.js';
import type {Run} from '../../../source/domain/types.js';
import type {Store} from '../../../source/store/store.js';
import {
	appendRows,
	columnsOf,
	exportRowsFile,
	outputRow,
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
	expect(columnsOf([row])).toEqual(expect.arrayContaining(Object.keys(out)));
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
	const columns = ['=col', ...values.map((_, at) => `c${at}`)];
	const row = Object.fromEntries(['x', ...values].map((value, at) => [columns[at], value]));
	const parts = async function* () {
		yield [row as unknown as OutputRow];
	};
	const file = (name: string) => path.join(folder, name);
	const read = (name: string) => readFileSync(file(name), 'utf8');
	const exact = `x,"=HYPERLINK(""http://x"",""y"")",+1+1,-2+3,@SUM(A1),\t=1,\uff1d1,a=b,-0.5,-3,+4,-1e-3\n`;

	await writeRowsFile(file('run.csv'), columns, parts());
	await appendRows(file('run.csv'), [row as unknown as OutputRow], columns);
	expect(read('run.csv')).toBe(`${columns.join(',')}\n${exact}${exact}`);

	expect(await exportRowsFile(file('export.csv'), columns, parts())).toBe(7);
	expect(read('export.csv')).toBe(
		`'${columns.join(',')}\nx,"'=HYPERLINK(""http://x"",""y"")",'+1+1,'-2+3,'@SUM(A1),'\t=1,'\uff1d1,a=b,-0.5,-3,+4,-1e-3\n`,
	);

	expect(await exportRowsFile(file('export.jsonl'), columns, parts())).toBe(0);
	expect(JSON.parse(read('export.jsonl'))).toEqual(row);
});
