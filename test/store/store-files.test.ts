import {mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {noon, samplePrompt, sampleRun, settingsOf, withSeed} from './samples.js';

let folder: string;
let store: Store;

beforeEach(async () => {
	folder = path.join(await mkdtemp(path.join(tmpdir(), 'cosmos-store-')), 'data');
	store = await openStore({folder});
});
afterEach(async () => {
	store.close();
	await rm(path.dirname(folder), {recursive: true});
});

async function addRuns(count: number) {
	const ids: string[] = [];
	for (let index = 0; index < count; index++) {
		ids.push((await store.addRun(id => sampleRun(id))).id);
	}

	return ids;
}

test('ids sort by age even if the clock is set back', async () => {
	let now = Date.UTC(2026, 10, 24);
	const other = await openStore({folder, clock: () => (now -= 60_000)});
	const ids: string[] = [];
	for (let index = 0; index < 20; index++) {
		ids.push((await other.addPrompt(id => samplePrompt(id))).id);
	}

	expect(ids).toEqual([...ids].sort());
	expect(new Set(ids).size).toBe(20);
	expect(await other.promptIds()).toEqual(ids);
});

test('rapid changes that keep the size are all seen', async () => {
	const {id} = await store.addRun(made => sampleRun(made));
	const reader = await openStore({folder});
	for (let turn = 0; turn < 30; turn++) {
		const seed = turn % 10;
		await store.updateRun(id, run => withSeed(run, seed));
		expect(settingsOf((await reader.getRun(id))?.run).seed).toBe(seed);
	}
});

test('changes of two stores in turn that keep the size are all seen by both', async () => {
	const {id} = await store.addRun(made => sampleRun(made));
	const other = await openStore({folder});
	const sides = [store, other];
	for (let turn = 0; turn < 40; turn++) {
		// One of them writes several times before the other looks: numbers of files are used again.
		const side = sides[(turn >> 2) % 2] as Store;
		await side.updateRun(id, run => withSeed(run, (settingsOf(run).seed + 1) % 10));
		for (const one of sides) {
			expect(settingsOf((await one.getRun(id))?.run).seed).toBe(
				(settingsOf(sampleRun(id)).seed + 1 + turn) % 10,
			);
		}
	}
});

test('what a change gives is what a reader gets afterwards', async () => {
	const {id} = await store.addRun(made => sampleRun(made));
	await store.updateRun(id, run => ({...run, cancelRequestedAt: undefined}) as Run);
	const [own, other] = [store, await openStore({folder})];
	expect(Object.keys((await own.getRun(id))?.run ?? {})).toEqual(
		Object.keys((await other.getRun(id))?.run ?? {}),
	);
});

describe('segments', () => {
	const segments = () => readdir(path.join(folder, 'run-index'));
	const wholeFiles = async () => (await segments()).filter(name => name.endsWith('.json'));

	test('a full one is followed by another, and everything is found', async () => {
		const ids = await addRuns(205);
		const files = await wholeFiles();
		expect(files.length).toBeGreaterThan(1);
		const reader = await openStore({folder});
		expect(await reader.runIds()).toEqual(ids);
		expect((await reader.listRuns()).map(({run}) => run.id)).toEqual(ids.toReversed());
		for (const id of [ids[0], ids[199], ids[200], ids[204]]) {
			expect((await reader.getRun(id as string))?.run.id).toBe(id);
		}
	});

	test('one that another store has begun is known to each that has read or written before', async () => {
		const others = [store, await openStore({folder}), await openStore({folder})];
		const ids: string[] = [];
		for (let index = 0; index < 230; index++) {
			// Each adds some in a row.
			const side = others[Math.floor(index / 7) % 3] as Store;
			ids.push((await side.addRun(id => sampleRun(id))).id);
			if (index % 10 === 0) {
				for (const one of others) {
					expect(await one.runIds()).toEqual(ids);
				}
			}
		}

		expect(ids).toEqual(ids.toSorted());
		for (const one of others) {
			expect((await one.listRuns()).map(({run}) => run.id)).toEqual(ids.toReversed());
		}
	});

	test('long documents fill one earlier', async () => {
		const text = 'x'.repeat(100_000);
		for (let index = 0; index < 4; index++) {
			await store.addPrompt(id => samplePrompt(id, text));
		}

		const files = await readdir(path.join(folder, 'prompts'));
		expect(files.filter(name => name.endsWith('.json'))).toHaveLength(2);
	});

	test('listing the newest and changing a new one reads no old segments', async () => {
		const text = 'x'.repeat(300_000);
		await store.addPrompt(id => samplePrompt(id, text));
		const {id} = await store.addPrompt(made => samplePrompt(made, text));
		const [oldest] = (await readdir(path.join(folder, 'prompts'))).sort();
		await writeFile(path.join(folder, 'prompts', oldest as string), 'damaged');
		const reader = await openStore({folder});
		expect(await reader.listPrompts(1)).toHaveLength(1);
		expect((await reader.getPrompt(id))?.id).toBe(id);
		await reader.addPrompt(made => samplePrompt(made));
	});
});

describe('on the disk', () => {
	test.skipIf(process.platform === 'win32')('only the owner can read anything', async () => {
		await store.addPrompt(id => samplePrompt(id));
		await store.addRun(id => sampleRun(id));
		const wrong: string[] = [];
		for (const entry of ['.', ...(await readdir(folder, {recursive: true}))]) {
			const {mode} = await stat(path.join(folder, entry));
			if ((mode & 0o077) !== 0) {
				wrong.push(entry);
			}
		}

		expect(wrong).toEqual([]);
	});

	test('nothing temporary is left after a change', async () => {
		await store.addPrompt(id => samplePrompt(id));
		expect(await readdir(folder)).toEqual(['prompts', 'store.json']);
		expect(await readdir(path.join(folder, 'prompts'))).toHaveLength(1);
	});
});

describe('watching', () => {
	test('a change by another store is reported with its kind', async () => {
		const other = await openStore({folder});
		const heard = new Promise(resolve => {
			store.watch(resolve);
		});
		await other.addRun(id => sampleRun(id));
		expect(await heard).toBe('runs');
	});

	test('goes on for one when another has stopped, and again after all have', async () => {
		const heard = async () =>
			new Promise(resolve => {
				store.watch(resolve);
			});
		const stop = store.watch(() => undefined);
		const second = heard();
		stop();
		await store.addRun(id => sampleRun(id));
		expect(await second).toBe('runs');
		await store.close();
		const third = heard();
		await store.addPrompt(id => samplePrompt(id));
		expect(await third).toBe('prompts');
	});

	test('nothing is reported after watching was stopped', async () => {
		let calls = 0;
		const stop = store.watch(() => calls++);
		stop();
		const heard = new Promise(resolve => {
			store.watch(resolve);
		});
		await store.addPrompt(id => samplePrompt(id));
		await heard;
		expect(calls).toBe(0);
	});

	test('a reader that is notified of a change sees it', async () => {
		const {id} = await store.addRun(made => sampleRun(made));
		const other = await openStore({folder});
		await other.listRuns();
		const seen = new Promise<void>(resolve => {
			other.watch(async () => {
				if ((await other.getRun(id))?.run.cancelRequestedAt === noon) {
					resolve();
				}
			});
		});
		await store.updateRun(id, run => ({...run, cancelRequestedAt: noon}));
		await seen;
	});
});

test('behaves as a plain list does', async () => {
	const operation = fc.oneof(
		fc.record({kind: fc.constant('add' as const), text: fc.string({maxLength: 30})}),
		fc.record({kind: fc.constant('update' as const), which: fc.nat(), seed: fc.nat(1000)}),
		fc.record({kind: fc.constant('list' as const), limit: fc.nat(10)}),
		fc.record({kind: fc.constant('reopen' as const)}),
	);
	let round = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(operation, {maxLength: 25}), async operations => {
			const place = path.join(folder, String(round++));
			let now = Date.parse(noon);
			const open = () => openStore({folder: place, clock: () => (now -= 7)});
			let real = await open();
			const model: Array<ReturnType<typeof sampleRun>> = [];
			for (const step of operations) {
				if (step.kind === 'add') {
					model.push(await real.addRun(id => ({...sampleRun(id), promptText: step.text})));
				} else if (step.kind === 'update' && model.length > 0) {
					const index = step.which % model.length;
					const {id} = model[index] as (typeof model)[number];
					model[index] = await real.updateRun(id, run => withSeed(run, step.seed));
				} else if (step.kind === 'list') {
					const listed = (await real.listRuns({limit: step.limit})).map(({run}) => run);
					expect(listed).toEqual(model.toReversed().slice(0, step.limit));
				} else if (step.kind === 'reopen') {
					real = await open();
				}
			}

			expect((await real.listRuns()).map(({run}) => run)).toEqual(model.toReversed());
			expect(await real.runIds()).toEqual(model.map(({id}) => id));
		}),
		{numRuns: 30},
	);
});
