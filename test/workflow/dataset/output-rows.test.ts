import {expect, it} from 'vitest';
import type {DatasetRow} from '../../../source/domain/dataset/dataset.js';
import type {Run} from '../../../source/domain/types.js';
import type {Store} from '../../../source/store/store.js';
import {columnsOf, outputRow} from '../../../source/workflow/dataset/output-rows.js';
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
