import {stripVTControlCharacters} from 'node:util';
import {expect, it} from 'vitest';
import type {ShownRun} from '../../../source/domain/types.js';
import {progressRow} from '../../../source/screens/log/progress-row.js';
import {runBase, start} from '../../dashboard/examples.js';

const starting = (waitingFor?: string): ShownRun => ({
	run: {...runBase(1, {host: 'hpc'}), status: 'starting', waitingFor},
	shown: 'starting',
});
const rowOf = (run: ShownRun) => stripVTControlCharacters(progressRow(start(), run, 100));

it('says for whom or for what a run waits', () => {
	expect(rowOf(starting('Slurm (Priority, 3 ahead)'))).toMatch(
		/^ waiting on hpc, [\d:]+, for Slurm \(Priority, 3 ahead\)/,
	);
	expect(rowOf(starting())).toMatch(/^ starting on hpc, /);
});
