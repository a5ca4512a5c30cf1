import {mkdtemp, readdir, readFile, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {acquireLock, lockHolder, withLock} from '../../source/machine/file-lock.js';
import {thisProcess} from '../../source/machine/process-identity.js';
import {buildProgram, type Program} from './program.js';

let program: Program;
let folder: string;
let lock: string;

beforeAll(async () => {
	program = await buildProgram('machine/lock-user.ts');
});
afterAll(() => program.remove());
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-lock-'));
	lock = path.join(folder, 'lock');
});
afterEach(() => rm(folder, {recursive: true}));

async function heldByAnother() {
	const other = program.start('hold', lock);
	expect(await other.line()).toBe('held');
	return other;
}

describe('inside one process', () => {
	test('the lock is acquired in the order of the calls', async () => {
		const order: number[] = [];
		await Promise.all(
			[1, 2, 3, 4, 5].map(async number =>
				withLock(lock, {}, async () => {
					await readdir(folder);
					order.push(number);
				}),
			),
		);
		expect(order).toEqual([1, 2, 3, 4, 5]);
	});

	test('it is released when the task throws', async () => {
		const failing = withLock(lock, {}, async () => {
			throw new Error('no');
		});
		await expect(failing).rejects.toThrow('no');
		expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
	});

	test('nothing is left in the folder afterwards', async () => {
		await withLock(lock, {}, async () => undefined);
		expect(await readdir(folder)).toEqual([]);
	});

	test('a waiter that gives up lets the next one in', async () => {
		const release = await acquireLock(lock);
		const controller = new AbortController();
		const second = acquireLock(lock, {signal: controller.signal});
		const third = acquireLock(lock);
		controller.abort();
		await expect(second).rejects.toMatchObject({kind: 'cancelled'});
		await release();
		await (await third)();
	});

	test('a waiter learns the holder', async () => {
		const release = await acquireLock(lock, {note: 'first'});
		const notes: string[] = [];
		const second = acquireLock(lock, {onWait: holder => notes.push(holder.note)});
		await release();
		await (await second)();
		expect(notes).toEqual(['first']);
	});
});

describe('between processes', () => {
	test('four processes that count under the lock lose no step and never overlap', async () => {
		const file = path.join(folder, 'number');
		await writeFile(file, '0');
		const counters = [1, 2, 3, 4].map(() => program.start('count', lock, file, '50'));
		for (const counter of counters) {
			expect(await counter.rest()).toEqual(['done']);
		}

		expect(await readFile(file, 'utf8')).toBe('200');
	});

	test('the holder is known by process and note', async () => {
		const other = await heldByAnother();
		expect(await lockHolder(lock)).toMatchObject({
			note: 'holding',
			owner: {pid: other.child.pid, machine: thisProcess().machine},
		});
		await other.kill();
	});

	test('a lock whose holder was killed has no holder', async () => {
		await (await heldByAnother()).kill();
		expect(await lockHolder(lock)).toBeUndefined();
	});

	test('the lock of a killed holder is taken over', async () => {
		await (await heldByAnother()).kill();
		expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
	});

	test('a waiter gets it when the holder is killed', async () => {
		const other = await heldByAnother();
		let waits = () => {};
		const waiting = new Promise<void>(resolve => {
			waits = resolve;
		});
		const mine = withLock(lock, {onWait: waits}, async () => 'mine');
		await waiting;
		await other.kill();
		expect(await mine).toBe('mine');
	});

	test('of many that find a dead holder, only one at a time gets it', async () => {
		const file = path.join(folder, 'number');
		await writeFile(file, '0');
		for (let round = 0; round < 2; round++) {
			await (await heldByAnother()).kill();
			const counters = [1, 2, 3, 4].map(() => program.start('count', lock, file, '3'));
			for (const counter of counters) {
				expect(await counter.rest()).toEqual(['done']);
			}
		}

		expect(await readFile(file, 'utf8')).toBe('24');
		expect((await readdir(folder)).filter(name => name.startsWith('lock'))).toEqual([]);
	});

	test('a waiter that is killed leaves nothing behind', async () => {
		const release = await acquireLock(lock);
		const other = program.start('hold', lock);
		const bid = async () => (await readdir(folder)).find(name => name.startsWith('lock.'));
		await expect.poll(bid).toBeDefined();
		// Before it has any content nobody can tell whose it is.
		const file = path.join(folder, (await bid()) as string);
		await expect.poll(() => readFile(file, 'utf8')).toContain(`"pid":${other.child.pid}`);
		await other.kill();
		await release();
		await withLock(lock, {}, async () => undefined);
		expect(await readdir(folder)).toEqual([]);
	});

	test('waiting ends with the signal and leaves the lock to its holder', async () => {
		const other = await heldByAnother();
		const controller = new AbortController();
		const mine = acquireLock(lock, {
			signal: controller.signal,
			onWait: () => controller.abort(),
		});
		await expect(mine).rejects.toMatchObject({kind: 'cancelled'});
		expect((await lockHolder(lock))?.owner.pid).toBe(other.child.pid);
		await other.kill();
	});

	test("the timeout names the holder's process and a remedy", async () => {
		const other = await heldByAnother();
		await expect(acquireLock(lock, {patience: 1})).rejects.toMatchObject({
			kind: 'home',
			message: expect.stringContaining(`${lock} has been held by process ${other.child.pid}`),
			hint: expect.stringContaining('remove that file'),
		});
		await other.kill();
	});
});

describe('unusual lock files', () => {
	test('an old empty one, as left by a power cut, is taken over', async () => {
		await writeFile(lock, '');
		await utimes(lock, 1_700_000_000, 1_700_000_000);
		expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
	});

	test('a fresh empty one counts as held', async () => {
		await writeFile(lock, '');
		await expect(acquireLock(lock, {patience: 1})).rejects.toMatchObject({
			message: expect.stringContaining('does not say by which process'),
		});
	});

	test('one from before the last boot of this machine is taken over', async () => {
		const owner = {...thisProcess(), bootId: 'another:1'};
		await writeFile(lock, JSON.stringify({nonce: 'ab', note: '', since: '', owner}));
		expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
	});

	test('one of another machine is left alone', async () => {
		const owner = {...thisProcess(), bootId: 'another:1', machine: 'elsewhere'};
		const text = JSON.stringify({nonce: 'ab', note: '', since: 'noon', owner});
		await writeFile(lock, text);
		await expect(acquireLock(lock, {patience: 1})).rejects.toMatchObject({
			message: expect.stringContaining('on elsewhere since noon'),
		});
		expect(await readFile(lock, 'utf8')).toBe(text);
	});

	test('one whose process id was reused is taken over', async () => {
		const owner = {...thisProcess(), startTime: '1'};
		await writeFile(lock, JSON.stringify({nonce: 'ab', note: '', since: '', owner}));
		expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
	});

	test('one that another process took meanwhile is not removed', async () => {
		const release = await acquireLock(lock);
		const owner = {...thisProcess(), bootId: 'another:1', machine: 'elsewhere'};
		await writeFile(lock, JSON.stringify({nonce: 'ab', note: '', since: '', owner}));
		await release();
		expect((await stat(lock)).isFile()).toBe(true);
	});
});

test('a lock in a missing folder is an error that names it', async () => {
	await expect(acquireLock(path.join(folder, 'none', 'lock'))).rejects.toMatchObject({
		kind: 'home',
		message: expect.stringContaining(path.join(folder, 'none', 'lock')),
	});
});
