import {describe, expect, it} from 'vitest';
import {explainLine, leadOf, placeInBatch, timeLimitOf} from '../../../source/domain/runs/batch.js';
import type {Run} from '../../../source/domain/types.js';
import {sampleRun} from '../../store/samples.js';

const ids = ['run_00000000000a', 'run_00000000000b', 'run_00000000000c'];
const runs: Run[] = ids.map((id, index) => ({
	...sampleRun(id),
	promptName: `p${index + 1}`,
	batch: {id: ids[0] as string, index, size: 3},
}));
const traceback = 'Traceback\nRuntimeError: CUDA error: x';

/** Why the run at a place has no result, when the job ended so and had begun so many. */
function explain(
	index: number,
	{
		code,
		begun,
		tails = [],
		blamed,
		failed = {},
		now = begun === 0 ? [] : [[0, begun - 1]],
	}: {
		code: number;
		begun: number;
		tails?: readonly string[];
		blamed?: Run;
		failed?: Readonly<Record<string, string>>;
		now?: ReadonlyArray<readonly [number, number]>;
	},
) {
	const exit = {code, oomKilled: false, engineMessage: ''};
	const tailOf = async (id: string) => tails[ids.indexOf(id)] ?? '';
	return explainLine(runs[index] as Run, 'output.mp4', {
		exit,
		runs,
		begun: {all: new Set(Array.from({length: begun}, (_, at) => at)), now: new Map(now)},
		failed: new Map(Object.entries(failed)),
		blamed,
		tailOf,
	});
}

describe('a run of a batch', () => {
	it('has its place in the batch, the id of its first run and the total time limit', () => {
		expect(runs.map(placeInBatch)).toEqual(['1 of 3', '2 of 3', '3 of 3']);
		expect(runs.map(leadOf)).toEqual([ids[0], ids[0], ids[0]]);
		expect(timeLimitOf(runs)).toBe(3 * 3600);
	});

	it('is blocked if the filter blocked it and the program continued', async () => {
		const tails = ['', 'Guardrail blocked generation', ''];
		expect(await explain(1, {code: 0, begun: 3, tails})).toMatchObject({reason: 'guardrail'});
		expect(await explain(1, {code: 1, begun: 3, tails})).toMatchObject({reason: 'guardrail'});
	});

	it('reports a missing result', async () => {
		expect(await explain(0, {code: 137, begun: 2})).toMatchObject({
			reason: 'no-output',
			message: 'the program exited with code 137 but produced no output.mp4',
		});
	});

	it("has the program's reason if it was running when the program ended", async () => {
		const failure = await explain(1, {code: 1, begun: 2, tails: ['', traceback, '']});
		expect(failure).toMatchObject({
			reason: 'program-error',
			message: expect.stringContaining('CUDA error: x'),
		});
	});

	it('names the run at which the batch ended, and why, if it was not reached', async () => {
		const tails = ['', traceback, ''];
		const failure = await explain(2, {code: 1, begun: 2, tails, blamed: runs[1]});
		expect(failure.reason).toBe('no-output');
		expect(failure.message).toMatch(
			/^not started: its batch ended at p2 \(2 of 3, run_00000000000b\): .*CUDA error: x/,
		);
	});

	it('names the run that ended those beside it, and each run has its own reason', async () => {
		const words = 'ValueError: Guardrail blocked prompt';
		const end = {
			code: 1,
			begun: 2,
			failed: {[ids[1] as string]: words},
			now: [
				[0, 0],
				[1, 1],
			] as const,
		};
		expect(await explain(1, end)).toMatchObject({reason: 'guardrail'});
		expect((await explain(0, end)).message).toMatch(
			/^not finished: its batch ended at p2 \(2 of 3, run_00000000000b\): .*guardrail/,
		);
		expect((await explain(2, end)).message).toMatch(/^not started: its batch ended at p2 /);
	});

	it('has the reason if it was next and the run before has a result', async () => {
		const failure = await explain(1, {code: 137, begun: 1});
		expect(failure.reason).toBe('killed');
	});

	it('has the reason if the program ended before the first run', async () => {
		const tails = ids.map(() => 'ValueError: Invalid hint_key: x');
		for (const index of [0, 1, 2]) {
			const failure = await explain(index, {code: 1, begun: 0, tails});
			expect(failure.reason).toBe('rejected-input');
		}
	});
});
