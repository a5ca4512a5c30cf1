import {expect, test} from 'vitest';
import type {Run, ShownRun} from '../../../source/domain/types.js';
import {findBatchMates} from '../../../source/screens/runs/batch-mates.js';
import {sampleRun} from '../../store/samples.js';

const ids = ['run_00000000000a', 'run_00000000000b', 'run_00000000000c'];
const shownAs = (run: Run): ShownRun => ({run, shown: run.status});
const [first, second, third] = ids.map((id, index) =>
	shownAs({...sampleRun(id), batch: {id: ids[0] as string, index, size: 3}}),
) as [ShownRun, ShownRun, ShownRun];
const alone = shownAs(sampleRun('run_00000000000d'));

test('a stop ends the other runs that share the container, and no others', () => {
	expect(findBatchMates([second], [alone, third, second, first])).toEqual([third, first]);
	expect(findBatchMates([alone], [alone, third, second, first])).toEqual([]);
});

test('a run of the batch that has ended is not ended again', () => {
	const ended = shownAs({...third.run, status: 'cancelled'} as Run);
	expect(findBatchMates([first, second], [ended, second, first])).toEqual([]);
	expect(findBatchMates([ended], [ended, second, first])).toEqual([]);
});
