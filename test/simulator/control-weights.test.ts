/** Which batches of Cosmos-Transfer2.5 give each sample its own controls, in the simulator's reading. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
	applyWeights,
	type ControlKey,
	controlKeys,
	keysOf,
} from '../../simulator/control-weights.js';
import {loadSamples} from '../../simulator/sample.js';
import {batchConflict, type Transfer} from '../../source/domain/models/family.js';
import {transfer25} from '../../source/domain/models/transfer25.js';
import {planBatches} from '../../source/domain/queue/smart-batching.js';
import {completeSettings} from '../../source/domain/settings/settings-check.js';
import {transferTask} from '../domain/models/tasks.js';
import {job, queueOf} from '../domain/queue-jobs.js';

type Controls = readonly ControlKey[];

/** Every set of controls with at least one. */
const sets: readonly Controls[] = Array.from({length: 15}, (_, number) =>
	controlKeys.filter((_key, place) => (number + 1) & (1 << place)),
);
const batch = transfer25.modes[0].batch ?? expect.fail('no batch');

/** Weights that are all different, so that a swap shows. */
const weightsOf = (controls: Controls, sample: number) =>
	new Map(controls.map(key => [key, (controlKeys.indexOf(key) + 1 + 5 * sample) / 100]));

function taskOf(controls: Controls, sample: number): Transfer {
	const off = Object.fromEntries(controlKeys.map(key => [key, 0]));
	const given = {...off, ...Object.fromEntries(weightsOf(controls, sample))};
	const settings = completeSettings('transfer', given, 'transfer2.5');
	return {...transferTask, model: 'transfer2.5', settings};
}

/** Every choice of so many sets; their order makes no difference. */
function combinations(count: number, from = 0): number[][] {
	return count === 0
		? [[]]
		: sets.flatMap((_, first) =>
				first < from ? [] : combinations(count - 1, first).map(rest => [first, ...rest]),
			);
}

describe('the weights of a sample', () => {
	it('are lost or swapped in 9 of the 61 combinations of a batch and a sample', () => {
		const pairs = sets
			.filter(keys => keys.length > 1)
			.flatMap(keys =>
				sets.filter(own => own.every(key => keys.includes(key))).map(own => [keys, own] as const),
			);
		expect(pairs).toHaveLength(61);
		const wrong = pairs.filter(([keys, own]) => {
			const given = weightsOf(own, 0);
			return JSON.stringify([...applyWeights(keys, given)]) !== JSON.stringify([...given]);
		});
		expect(wrong.map(pair => pair.map(keys => keys.join()).join('/')).sort()).toEqual(
			[
				'edge,vis/vis',
				'edge,depth/depth',
				'vis,depth/depth',
				'edge,vis,depth/vis',
				'edge,vis,depth/depth',
				'edge,vis,depth/edge,depth',
				'edge,vis,depth/vis,depth',
				'edge,vis,seg/vis',
				'edge,vis,seg/vis,seg',
			].sort(),
		);
	});
});

describe('a batch of two or three samples, whatever their controls', () => {
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'cosmos-weights-'));
		await writeFile(path.join(folder, 'in.mp4'), '');
	});
	afterAll(() => rm(folder, {recursive: true}));

	/** What the simulator works with for the job that the product would send. */
	async function weightsIn(tasks: readonly Transfer[]) {
		const inputs = tasks.map(() => ({color: 'in.mp4'}));
		const {files} = batch.job(tasks, {runFolder: '.', gpuCount: 1, inputs});
		const [file] = files;
		// The paths of a line start one folder below the checkout.
		const text = file?.text.replaceAll('"../in.mp4"', '"in.mp4"') ?? '';
		await writeFile(path.join(folder, batch.spec), text);
		const samples = await loadSamples([batch.spec], folder);
		const keys = keysOf(samples);
		return samples.map(({controls}) =>
			applyWeights(
				keys,
				new Map([...controls].map(([key, {control_weight}]) => [key, control_weight])),
			),
		);
	}

	it.each([
		[2, 120],
		[3, 680],
	])('of %i is accepted only if each keeps its own weights', async (count, expected) => {
		const all = combinations(count);
		expect(all).toHaveLength(expected);
		let accepted = 0;
		let harmed = 0;
		for (const chosen of all) {
			const given = chosen.map(index => sets[index] ?? []);
			const tasks = given.map(taskOf);
			const isAccepted = batchConflict(tasks, transfer25.modes[0]) === undefined;
			const wanted = given.map(weightsOf);
			const isWhole =
				JSON.stringify((await weightsIn(tasks)).map(own => [...own])) ===
				JSON.stringify(wanted.map(own => [...own]));
			accepted += Number(isAccepted);
			harmed += Number(!isWhole);
			expect({given, ok: !isAccepted || isWhole}).toEqual({given, ok: true});
		}

		// Those whose samples all have the same set; and there are others that lose a control.
		expect(accepted).toBe(sets.length);
		expect(harmed).toBeGreaterThan(0);
	});

	it('is never planned by queue optimise, mixed or not, unless their sets are equal', () => {
		const line = queueOf(...Array.from({length: 30}, (_, index) => job(index)));
		for (const mixed of [false, true]) {
			const {groups} = planBatches(line, {
				mixed,
				sizesOf: () => [8, 8, 8],
				taskOf({id}) {
					const number = Number(id.slice(4));
					return taskOf(sets[number % 15] ?? [], number % 2);
				},
			});
			expect(groups.map(({jobs, controls}) => [jobs.length, controls.length])).toEqual(
				sets.map(({length}) => [2, length]),
			);
		}
	});
});
