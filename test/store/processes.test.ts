import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {openStore, type Store} from '../../source/store/store.js';
import {defaultSettings} from '../default-settings.js';
import {buildProgram, type Program} from '../machine/program.js';
import {sampleRun, settingsOf} from './samples.js';

let program: Program;
let folder: string;
let store: Store;

beforeAll(async () => {
	program = await buildProgram('store/store-user.ts');
});
afterAll(() => program.remove());
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-processes-'));
	store = await openStore({folder});
});
afterEach(async () => {
	store.close();
	await rm(folder, {recursive: true});
});

test('four processes that change one run lose no change', async () => {
	const {id} = await store.addRun(made => sampleRun(made));
	const counters = [1, 2, 3, 4].map(() => program.start('count', folder, id, '50'));
	await Promise.all(counters.map(counter => counter.rest()));
	const {seed} = settingsOf((await store.getRun(id))?.run);
	expect(seed).toBe(defaultSettings.seed + 200);
});

test('an acknowledged change is there after the process was killed', async () => {
	const {id} = await store.addRun(made => sampleRun(made));
	const acknowledged: string[] = [];
	let {seed} = defaultSettings;
	for (let round = 0; round < 30; round++) {
		const writer = program.start('write', folder, id);
		// Killed somewhere in the work that follows a random number of stored changes.
		const changes = 1 + Math.floor(Math.random() * 4);
		for (let change = 0; change < changes; change++) {
			note(await writer.line());
		}

		// The moment is the fault: nothing is awaited here.
		await new Promise<void>(resolve => {
			setTimeout(resolve, Math.random() * 10);
		});
		await writer.kill();
		for (const line of await writer.rest()) {
			note(line);
		}

		const reader = await openStore({folder});
		const stored = settingsOf((await reader.getRun(id))?.run).seed;
		// The change that was under way may have got in without its answer.
		expect([seed, seed + 1]).toContain(stored);
		seed = stored;
		expect(await reader.promptIds()).toEqual(expect.arrayContaining(acknowledged));
		expect(await reader.listPrompts()).toHaveLength((await reader.promptIds()).length);
	}

	function note(line: string | undefined) {
		if (line?.startsWith('ps_')) {
			acknowledged.push(line);
		} else if (line !== undefined) {
			seed = Number(line);
		}
	}
});

test('killed writers leave at most one temporary file for each document file', async () => {
	const {id} = await store.addRun(made => sampleRun(made));
	for (let round = 0; round < 5; round++) {
		const writer = program.start('write', folder, id);
		await writer.line();
		await writer.kill();
	}

	await store.updateRun(id, run => run);
	const names = await readdir(path.join(folder, 'run-index'));
	expect(names.sort()).toEqual([`${id}.json`, `${id}.json.previous`]);
});

test('a run is shown as interrupted once its process was killed', async () => {
	const owner = program.start('launch', folder);
	const id = (await owner.line()) as string;
	expect(await store.getRun(id)).toMatchObject({shown: 'pending'});
	await owner.kill();
	expect(await store.getRun(id)).toMatchObject({shown: 'interrupted'});
});

test('a run that another process adds is reported', async () => {
	const heard = new Promise<string>(resolve => {
		store.watch(async what => {
			const [newest] = await store.listRuns({limit: 1});
			if (newest) {
				resolve(`${what} ${newest.run.id}`);
			}
		});
	});
	const other = program.start('launch', folder);
	expect(await heard).toBe(`runs ${await other.line()}`);
	await other.kill();
});

/** A disk of the test's own; it is gone with the process that has it. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;

test.runIf(canMount)('a full disk is reported and harms nothing', async () => {
	const {error, listed, acknowledged} = await onSmallDisk('true');
	expect(error).toEqual({
		kind: 'home',
		message: expect.stringMatching(`^cannot write ${folder}/.*: the disk of ${folder}.* is full$`),
		hint: expect.stringContaining('--data'),
	});
	expect(acknowledged.length).toBeGreaterThan(0);
	expect(listed).toEqual(acknowledged.toReversed());
});

test.runIf(canMount)('a read-only disk is reported and can be read', async () => {
	const {error, listed} = await onSmallDisk(`mount -o remount,ro "${folder}"`);
	expect(error).toEqual({
		kind: 'home',
		message: expect.stringContaining('is read-only'),
		hint: expect.stringContaining('--data'),
	});
	expect(listed).toEqual([]);
});

async function onSmallDisk(prepare: string) {
	const script = `mount -t tmpfs -o size=200k none "${folder}" && ${prepare} && exec "$@"`;
	const words = ['--mount', 'sh', '-c', script, 'sh', process.execPath];
	const child = spawn('unshare', [...words, program.file, 'fill', folder], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
	return JSON.parse(output) as {error: unknown; acknowledged: string[]; listed: string[]};
}
