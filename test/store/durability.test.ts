import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {openStore} from '../../source/store/store.js';
import {isLong} from '../long-form.js';
import {buildProgram, type Program} from '../machine/program.js';
import {generator} from './generator.js';
import {killWriters} from './killed-writers.js';
import {sampleRun, settingsOf} from './samples.js';

/** `npm run fuzz` takes the long form of each test here. */
const kills = Number(process.env.COSMOS_ROUNDS ?? (isLong ? 500 : 6));
const changes = isLong ? 500 : 15;
/** Changes of each process that goes on beside killed ones. */
const crowd = isLong ? 100 : 6;
/** Calls of the file system that a writer makes in its first ten changes or so. */
const callsOfWriter = 260;
const longest = 3_600_000;
/** `COSMOS_SEED=N` repeats a reported failure. */
const seed = Number(process.env.COSMOS_SEED ?? Math.floor(Math.random() * 1e9));

let plain: Program;
let faulty: Program;
let folder: string;

beforeAll(async () => {
	plain = await buildProgram('store/store-user.ts');
	faulty = await buildProgram('store/faulty-user.ts');
});
afterAll(() => Promise.all([plain.remove(), faulty.remove()]));
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-durability-'));
});
afterEach(() => rm(folder, {recursive: true}));

describe('a writer that is killed', () => {
	test(
		'at a random moment keeps every acknowledged change and no partial one',
		async () => {
			const verdict = await killWriters(plain, folder, kills, async (round, start) => {
				const pick = generator(seed + round);
				const writer = start();
				const lines = [await writer.line()];
				// The moment is the fault: nothing is awaited here.
				await new Promise<void>(resolve => {
					setTimeout(resolve, pick(60));
				});
				await writer.kill();
				return [...lines, ...(await writer.rest())].filter(line => line !== undefined);
			});
			report('random moments', verdict);
			expect(verdict.wrong).toEqual([]);
		},
		longest,
	);

	test(
		'inside a write, a rename, a lock keeps every acknowledged change and no partial one',
		async () => {
			const places = new Map<string, number>();
			const verdict = await killWriters(faulty, folder, kills, async (round, start) => {
				const pick = generator(seed + round);
				const call = 1 + pick(callsOfWriter);
				const half = pick(2) === 0 ? '' : ':done';
				const lines = await start(`kill:${call}${half}`).rest();
				const place = lines.pop() as string;
				expect(place).toMatch(/^killed /);
				const name = place.slice('killed '.length);
				places.set(name, (places.get(name) ?? 0) + 1);
				return lines;
			});
			const found = [...places].sort().map(([name, times]) => `${name} ${times}`);
			report(`inside a call (${found.join(', ')})`, verdict);
			expect(verdict.wrong).toEqual([]);
		},
		longest,
	);

	test(
		'while others wait lets them continue, and nothing is lost',
		async () => {
			const {id} = await (await openStore({folder})).addRun(made => sampleRun(made));
			const raised = async () =>
				settingsOf((await (await openStore({folder})).getRun(id))?.run).seed;
			const first = await raised();
			const pick = generator(seed);
			const steady = [1, 2].map(() => plain.start('count', folder, id, String(crowd)));
			let acknowledged = 0;
			for (let round = 0; round < crowd / 2; round++) {
				const lines = await faulty
					.start(`kill:${1 + pick(120)}${pick(2) === 0 ? '' : ':done'}`, 'raise', folder, id)
					.rest();
				acknowledged += lines.length - 1;
			}

			await Promise.all(steady.map(writer => writer.rest()));
			const least = first + 2 * crowd + acknowledged;
			const most = least + crowd / 2;
			expect(await raised()).toBeGreaterThanOrEqual(least);
			// Of each one killed, the change under way may have got in without its answer.
			expect(await raised()).toBeLessThanOrEqual(most);
			console.log(
				`beside others: ${crowd / 2} kills, ${2 * crowd + acknowledged} changes, none lost`,
			);
		},
		longest,
	);
});

test(
	'a disk that fails to sync is an error that names the file, and nothing partial is left',
	async () => {
		const store = await openStore({folder});
		const {id} = await store.addRun(made => sampleRun(made));
		for (const from of isLong ? Array.from({length: 60}, (_, index) => 1 + index) : [1, 12, 25]) {
			const before = settingsOf((await store.getRun(id))?.run).seed;
			const ended = await faulty.start(`sync:${from}`, 'raise', folder, id).rest();
			const [acknowledged, message] = [ended.slice(0, -1), ended.at(-1)];
			expect(message).toMatch(/^home cannot write .*EIO/);
			const stored = settingsOf((await store.getRun(id))?.run).seed;
			expect([before + acknowledged.length, before + acknowledged.length + 1]).toContain(stored);
		}
	},
	longest,
);

test(
	'eight processes that change one store lose nothing',
	async () => {
		const store = await openStore({folder});
		const {id} = await store.addRun(made => sampleRun(made));
		const first = settingsOf((await store.getRun(id))?.run).seed;
		const begun = performance.now();
		const writers = Array.from({length: 8}, () =>
			plain.start('count', folder, id, String(changes)),
		);
		await Promise.all(writers.map(writer => writer.rest()));
		const seconds = (performance.now() - begun) / 1000;
		const rate = ((8 * changes) / seconds).toFixed(0);
		console.log(`8 processes, ${8 * changes} changes in ${seconds.toFixed(1)} s: ${rate} a second`);
		expect(settingsOf((await store.getRun(id))?.run).seed).toBe(first + 8 * changes);
	},
	longest,
);

function report(
	how: string,
	{kills: killed, changes: done, wrong}: Awaited<ReturnType<typeof killWriters>>,
) {
	console.log(
		`${how}: ${killed} kills, ${done} acknowledged changes, ${wrong.length} wrong (COSMOS_SEED=${seed})`,
	);
}
