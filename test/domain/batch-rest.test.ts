import {describe, expect, it} from 'vitest';
import {findRest, restartRun} from '../../source/domain/batch-rest.js';
import type {JobExit} from '../../source/domain/run-status.js';
import type {Run} from '../../source/domain/types.js';
import {sampleRun} from '../store/samples.js';

const ids = ['a', 'b', 'c', 'd', 'e'].map(letter => `run_00000000000${letter}`);
const runs: Run[] = ids.map((id, index) => ({
	...sampleRun(id),
	status: 'running',
	batch: {id: ids[0] as string, index, size: 5},
}));
const blocked = 'Guardrail blocked generation for entire batch.\nTypeError: cannot unpack';
const unknown = 'Traceback\nIndexError: list index out of range';

type Case = {
	exit?: Partial<JobExit>;
	begun?: number;
	tail?: string;
	/** Places of runs whose results are complete. */
	whole?: readonly number[];
	fails?: RegExp;
};

/** The places of the run that failed, and of those that start again. */
async function rest({exit, begun = 3, tail = blocked, whole = [0, 1], fails}: Case) {
	const end = {
		exit: {code: 1, oomKilled: false, engineMessage: '', ...exit},
		runs,
		begun,
		tailOf: async (id: string) => (id === ids[begun - 1] ? tail : ''),
	};
	const found = await findRest(end, fails, async ({batch}) => whole.includes(batch?.index ?? -1));
	return found && [found.failed, ...found.rest].map(({batch}) => batch?.index);
}

describe('what starts again when a batch has ended at a run', () => {
	it('is what comes after a run that was blocked, even the first one', async () => {
		expect(await rest({})).toEqual([2, 3, 4]);
		expect(await rest({begun: 1, whole: []})).toEqual([0, 1, 2, 3, 4]);
	});

	it('is what comes after an unknown error only if a result was made before', async () => {
		expect(await rest({tail: unknown})).toEqual([2, 3, 4]);
		expect(await rest({tail: unknown, whole: []})).toBeUndefined();
		expect(await rest({tail: 'the last words'})).toBeUndefined();
	});

	it('is what comes after the run that the log names', async () => {
		const fails = /Error generating sample 'video_(\d+)'/;
		const tail = "ValueError: Error generating sample 'video_1': a shape";
		expect(await rest({fails, tail, begun: 2, whole: []})).toEqual([1, 2, 3, 4]);
		expect(await rest({fails, tail, begun: 1, whole: [0]})).toEqual([1, 2, 3, 4]);
	});

	it('has no run with a complete result', async () => {
		expect(await rest({begun: 5, tail: "Error at 'video_2'\nKeyError: x", fails: /'video_(\d)'/}))
			// All have begun, as with several GPUs; the fourth is complete.
			.toEqual([2, 3, 4]);
		expect(
			await rest({
				begun: 5,
				whole: [0, 1, 3],
				tail: "Error at 'video_2'\nKeyError: x",
				fails: /'video_(\d)'/,
			}),
		).toEqual([2, 4]);
	});

	it.each([
		['its end was good', {exit: {code: 0}}],
		['it was killed', {exit: {code: 137}}],
		['its time was over', {exit: {code: 124}}],
		["the host's memory was full", {exit: {oomKilled: true}}],
		['the GPU was full', {tail: 'torch.OutOfMemoryError: CUDA out of memory.'}],
		['the disk was full', {tail: 'OSError: [Errno 28] No space left on device'}],
		['the driver is too old', {tail: 'RuntimeError: The NVIDIA driver on your system is too old'}],
		['a token was missing', {tail: 'GatedRepoError: 401 Client Error'}],
		['a download failed', {tail: 'LocalEntryNotFoundError: offline mode'}],
		['none had begun', {begun: 0}],
		['the last one failed', {begun: 5, whole: [0, 1, 2, 3]}],
		['the one that it worked on is complete', {whole: [0, 1, 2]}],
	] satisfies Array<[string, Case]>)('is nothing where %s', async (_why, given) => {
		expect(await rest(given)).toBeUndefined();
	});
});

describe('a run that starts again', () => {
	const [, , failed, fourth, fifth] = runs as [Run, Run, Run, Run, Run];
	const exit = {code: 1, oomKilled: false};
	const at = '2026-11-29T12:00:00.000Z';

	it('is in the batch of the rest, and knows what it was in', () => {
		const left = {failed, rest: [fourth, fifth]};
		expect(restartRun(fifth, left, exit, at)).toMatchObject({
			status: 'uploading',
			batch: {id: fourth.id, index: 1, size: 2},
			restarts: [{batch: {...fifth.batch, exit}, failed: failed.id, at}],
			times: {uploading: at},
		});
	});

	it('is alone if no other is left', () => {
		const again = restartRun(fifth, {failed: fourth, rest: [fifth]}, exit, at);
		expect(again.batch).toBeUndefined();
		expect(again.restarts).toHaveLength(1);
	});
});
