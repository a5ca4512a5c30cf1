import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import type {RunEvent} from '../../../source/domain/runs/run-events.js';
import type {Run} from '../../../source/domain/types.js';
import {openStore, type Store} from '../../../source/store/store.js';
import {streamEvents} from '../../../source/workflow/runs/run-events.js';
import {sampleRun} from '../../store/samples.js';

let folder: string;
let store: Store;
let second = 0;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-events-'));
	store = await openStore({folder});
});
afterEach(async () => {
	store.close();
	await rm(folder, {recursive: true});
});

const now = () => new Date(Date.UTC(2026, 10, 24) + 1000 * second++).toISOString();
const steps = ['uploading', 'starting', 'running', 'downloading'] as const;

async function addRun(): Promise<string> {
	const {id} = await store.addRun(own => ({
		...sampleRun(own),
		createdAt: now(),
		times: {},
		status: 'pending',
	}));
	return id;
}

/** Takes a run to its end. */
async function finish(id: string): Promise<void> {
	for (const status of steps) {
		await store.updateRun(id, run => {
			return {...run, status, exitCode: 0, times: {...run.times, [status]: now()}} as Run;
		});
	}

	await store.updateRun(id, run => {
		const times = {...run.times, ended: now()};
		return {...run, times, status: 'completed', exitCode: 0, outputs: []} as Run;
	});
}

async function read(since: string): Promise<RunEvent[]> {
	const events: RunEvent[] = [];
	for await (const event of streamEvents(store, {since, once: true})) {
		events.push(event);
	}

	return events;
}

const words = (events: readonly RunEvent[]) => events.map(({run, status}) => `${run} ${status}`);

it('whatever cursor a reader starts again with, it gets the rest, and each run in order', async () => {
	const first = await addRun();
	const begun = await addRun();
	await finish(first);
	const early = await read('start');
	await finish(begun);
	const late = await addRun();
	const all = await read('start');
	expect(words(all)).toHaveLength(13);
	expect(new Set(words(all)).size).toBe(13);

	const whole = [...words(early), ...words(await read(early.at(-1)?.cursor as string))];
	expect([...whole].sort()).toEqual([...words(all)].sort());
	for (const id of [first, begun, late]) {
		const of = (events: readonly string[]) => events.filter(event => event.startsWith(id));
		expect(of(whole)).toEqual(of(words(all)));
	}

	for (const [index, {cursor}] of all.entries()) {
		expect(words(await read(cursor))).toEqual(words(all.slice(index + 1)));
	}
});

it('changes by any process follow while it is read', async () => {
	const other = await openStore({folder});
	const id = await addRun();
	const stop = new AbortController();
	const seen: string[] = [];
	const stream = streamEvents(store, {since: 'start', signal: stop.signal});
	expect((await stream.next()).value).toMatchObject({run: id, status: 'pending'});
	const changing = other.updateRun(id, run => {
		return {...run, status: 'uploading', times: {uploading: now()}} as Run;
	});
	seen.push((await stream.next()).value?.status ?? '');
	await changing;
	expect(seen).toEqual(['uploading']);
	stop.abort();
	expect((await stream.next()).done).toBe(true);
	other.close();
});

it('without a cursor nothing is reported that has happened before', async () => {
	await finish(await addRun());
	await addRun();
	const seen: RunEvent[] = [];
	for await (const event of streamEvents(store, {once: true})) {
		seen.push(event);
	}

	expect(seen).toEqual([]);
});
