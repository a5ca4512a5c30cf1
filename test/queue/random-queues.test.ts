import {afterAll, beforeAll, expect, test} from 'vitest';
import {buildProgram, type Program} from '../machine/program.js';
import {type Played, playQueues} from './play.js';

/** `npm run queues` plays the long form: COSMOS_QUEUES=200. */
const queues = Number(process.env.COSMOS_QUEUES ?? 2);
/** Another start gives other queues; a failure says which one it was. */
const firstSeed = Number(process.env.COSMOS_SEED ?? 1);
/** Queues that are run in parallel by the same processes. */
const together = 5;
const jobs = 50;
const kills = 4;

let program: Program;
const played: Played[] = [];

beforeAll(async () => {
	program = await buildProgram('queue/worker-program.ts');
	for (let done = 0; done < queues; done += together) {
		const count = Math.min(together, queues - done);
		const seeds = Array.from({length: count}, (_, index) => firstSeed + done + index);
		played.push(...(await playQueues(program, seeds, {jobs, kills})));
	}

	const total = (key: string) => played.reduce((sum, {ends}) => sum + (ends[key] ?? 0), 0);
	const ended = ['done', 'failed', 'cancelled'].map(key => `${total(key)} ${key}`).join(', ');
	const killed = played.filter((_, index) => index % together === 0);
	console.log(
		`${played.length} queues of ${jobs} jobs: ${ended}; ` +
			`${killed.reduce((sum, {kills: count}) => sum + count, 0)} workers killed`,
	);
}, 7_200_000);
afterAll(() => program.remove());

test('every job of random queues ends once, in the right state, alone on its slot, in order', () => {
	expect(played.filter(({problems}) => problems.length > 0)).toEqual([]);
});

test('no job of random queues is lost', () => {
	const counts = played.map(({ends}) => Object.values(ends).reduce((sum, one) => sum + one, 0));
	expect(counts).toEqual(played.map(() => jobs));
});
