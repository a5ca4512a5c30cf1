import {describe, expect, it} from 'vitest';
import {findFailed, findRest, restartRun} from '../../../source/domain/runs/batch-rest.js';
import type {JobExit} from '../../../source/domain/runs/run-status.js';
import type {Run} from '../../../source/domain/types.js';
import {sampleRun} from '../../store/samples.js';

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
	/** The places that several processes work on. */
	now?: readonly number[];
	/** What processes have ended with. */
	errors?: Readonly<Record<number, string>>;
	runs?: readonly Run[];
};

const elsewhere = /A different GPU rank failed/;

/** What is found of a batch that has ended, and the places of the runs that failed. */
async function found(given: Case) {
	const {exit, begun = 3, tail = blocked, whole = [0, 1], fails, errors = {}} = given;
	const {now = begun === 0 ? [] : [begun - 1]} = given;
	const end = {
		exit: {code: 1, oomKilled: false, engineMessage: '', ...exit},
		runs: given.runs ?? runs,
		begun: {
			all: new Set(Array.from({length: begun}, (_, place) => place)),
			now: new Map(now.map((place, rank) => [rank, place])),
		},
		tailOf: async (id: string) => (begun === 0 || id === ids[now[0] ?? 0] ? tail : ''),
	};
	const isThere = async ({batch}: Run) => whole.includes(batch?.index ?? -1);
	const reports = new Map(Object.entries(errors).map(([rank, text]) => [Number(rank), text]));
	const signs = {fails, elsewhere};
	const failed = await findFailed(end, signs, reports, isThere);
	const left = await findRest(end, failed, signs, isThere);
	return {failed: [...failed.keys()].map(id => ids.indexOf(id)), left};
}

const place = ({batch}: Run) => batch?.index;

/** The places of the run that failed, and of those that start again. */
async function rest(given: Case) {
	const {left} = await found(given);
	return left && [left.failed, ...left.rest].map(place);
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
		const fails = /Error generating sample 'video_(?<index>\d+)'/;
		const tail = "ValueError: Error generating sample 'video_1': a shape";
		expect(await rest({fails, tail, begun: 2, whole: []})).toEqual([1, 2, 3, 4]);
		expect(await rest({fails, tail, begun: 1, whole: [0]})).toEqual([1, 2, 3, 4]);
	});

	it('has no run with a complete result, and none that ended by itself before', async () => {
		const named = {
			begun: 5,
			tail: "Error at 'video_2'\nKeyError: x",
			fails: /'video_(?<index>\d)'/,
		};
		// All have begun, as with several GPUs; the fourth is complete.
		const now = [0, 1, 2, 3, 4];
		expect(await rest({...named, now})).toEqual([2, 3, 4]);
		expect(await rest({...named, now, whole: [0, 1, 3]})).toEqual([2, 4]);
		expect(await rest({...named, whole: [0, 1]})).toEqual([2, 4]);
	});

	it('is what comes after an input that could not be read, before its run had begun', async () => {
		const tail = "FileNotFoundError: [Errno 2] No such file or directory: 'cosmos-inputs/a.mp4'";
		expect(await rest({tail, begun: 2, whole: [0, 1]})).toEqual([2, 3, 4]);
	});

	describe('where several GPUs have worked side by side', () => {
		const fails = /Error generating sample 'sample_(?<index>\d+)': (?!A different)/;
		const other = "ValueError: Error generating sample 'sample_0': A different GPU rank failed.";
		const third = "ValueError: Error generating sample 'sample_2': Guardrail blocked prompt";
		const four = {begun: 4, now: [0, 1, 2, 3], fails};

		it('is everything without a result but the run that the log names', async () => {
			const tail = "ValueError: Error generating sample 'sample_1': Guardrail blocked prompt";
			expect(await rest({...four, tail, whole: []})).toEqual([1, 0, 2, 3, 4]);
			expect(await rest({...four, tail, whole: [0, 3]})).toEqual([1, 2, 4]);
		});

		it('leaves out each run whose process says so, though the log has only the first', async () => {
			const errors = {0: other, 2: third};
			expect(await rest({...four, tail: other, errors, whole: [0, 1, 3]})).toEqual([2, 4]);
			const both = {...errors, 3: third.replace('sample_2', 'sample_3')};
			const {failed, left} = await found({...four, tail: other, errors: both, whole: [0]});
			expect([failed, left?.rest.map(place)]).toEqual([
				[2, 3],
				[1, 4],
			]);
		});

		it('is nothing if no process says why', async () => {
			expect(await found({...four, tail: other, whole: [0]})).toEqual({
				failed: [],
				left: undefined,
			});
		});

		it('is nothing after a memory that was full, whose run is known', async () => {
			const tail = '[rank2]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate';
			expect(await found({...four, tail, whole: [0]})).toEqual({failed: [2], left: undefined});
		});

		it('is what others had begun, after an input that a process could not read', async () => {
			const errors = {
				1: 'FileNotFoundError: [Errno 2] No such file or directory: cosmos-inputs/a.png',
			};
			expect(await rest({...four, tail: errors[1], errors, whole: []})).toEqual([1, 0, 2, 3, 4]);
		});
	});

	it('is what another GPU had begun beside an input that could not be read', async () => {
		const errors = {1: 'FileNotFoundError: No such file: cosmos-inputs/a.png'};
		const elsewhere = {begun: 3, now: [2], tail: 'Saved', errors};
		expect(await rest({...elsewhere, whole: [0, 1]})).toEqual([3, 2, 4]);
	});

	it('is named after a run that no container has been named after', async () => {
		const lead = async (given: Case) => (await found(given)).left?.lead;
		const first = {fails: /'video_(?<index>\d)'/, tail: "Error at 'video_2'\nKeyError: x"};
		expect(await lead(first)).toBe(ids[3]);
		const side = {...first, begun: 3, now: [0, 1, 2]};
		expect(await lead({...side, whole: [1]})).toBe(ids[3]);
		// Only the lead is left: it goes by the name of the one that failed.
		expect(await lead({...side, whole: [1], runs: runs.slice(0, 3)})).toBe(ids[2]);
		const again = runs.slice(0, 3).map(run => ({
			...run,
			restarts: [{batch: {id: ids[2] as string, index: 0, size: 3}, failed: 'x', at: ''}],
		}));
		expect(await lead({...side, whole: [1], runs: again})).toBeUndefined();
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
		const left = {failed, rest: [fourth, fifth], lead: fourth.id};
		expect(restartRun(fifth, left, exit, at)).toMatchObject({
			status: 'uploading',
			batch: {id: fourth.id, index: 1, size: 2},
			restarts: [{batch: {...fifth.batch, exit}, failed: failed.id, at}],
			times: {uploading: at},
		});
	});

	it('is alone if no other is left', () => {
		const again = restartRun(fifth, {failed: fourth, rest: [fifth], lead: fifth.id}, exit, at);
		expect(again.batch).toBeUndefined();
		expect(again.restarts).toHaveLength(1);
	});
});
