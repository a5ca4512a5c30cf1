import {expect, it} from 'vitest';
import type {DatasetRow} from '../../source/domain/dataset/dataset.js';
import type {Run} from '../../source/domain/types.js';
import {outputRow} from '../../source/workflow/dataset/output-rows.js';
import {sampleRun} from '../store/samples.js';

const row = {
	...{key: 'a', status: 'completed', name: 'a', inputs: [], attempts: 1, columns: {}},
} as unknown as DatasetRow;

it('the output row of a clip says what is wrong with a completed result', () => {
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
	expect(outputRow('ds_1', row, run, {runFolder: id => `/data/${id}`})).toMatchObject({
		status: 'completed',
		flags: ['output.mp4 is black', 'rejected by black>50'],
		measures: {black: 100},
	});
});
