import {appendFile, mkdtemp, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type LogFile, openLogFile} from '../../source/store/log-file.js';

let folder: string;
let log: LogFile;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-log-'));
	log = openLogFile(path.join(folder, 'run', 'log'));
});
afterEach(async () => {
	await log.close();
	await rm(folder, {recursive: true});
});

const content = async () => (await log.read(0, Number.MAX_SAFE_INTEGER)).toString('latin1');

describe('a log that was not written yet', () => {
	test('is empty', async () => {
		expect(await log.size()).toBe(0);
		expect(await log.read(0, 100)).toHaveLength(0);
		expect(await log.tail(100)).toBe('');
	});

	test('is not created by reading', async () => {
		await log.read(0, 100);
		await expect(stat(path.join(folder, 'run'))).rejects.toMatchObject({code: 'ENOENT'});
	});

	test('can be read as soon as it is written', async () => {
		await log.read(0, 100);
		await log.append(Buffer.from('a'));
		expect(await content()).toBe('a');
	});
});

describe('appending', () => {
	test('keeps the order of the calls', async () => {
		const parts = Array.from({length: 300}, (_, index) => `${index},`);
		await Promise.all(parts.map(part => log.append(Buffer.from(part))));
		expect(await content()).toBe(parts.join(''));
	});

	test('keeps every byte', async () => {
		const bytes = Buffer.from(Array.from({length: 256}, (_, index) => index));
		await log.append(bytes);
		expect(await log.read(0, 256)).toEqual(bytes);
	});

	test('has written the bytes when it returns', async () => {
		await log.append(Buffer.from('abc'));
		expect((await stat(log.path)).size).toBe(3);
		expect(await log.size()).toBe(3);
	});

	test('continues where another process stopped', async () => {
		await log.append(Buffer.from('a'));
		await appendFile(log.path, 'b');
		await log.append(Buffer.from('c'));
		expect(await content()).toBe('abc');
	});

	test('is rejected after closing', async () => {
		await log.close();
		await expect(log.append(Buffer.from('a'))).rejects.toThrow('closed');
	});

	test('is finished by closing', async () => {
		const appended = log.append(Buffer.from('last words'));
		await log.close();
		await appended;
		expect((await stat(log.path)).size).toBe(10);
	});

	test.skipIf(process.platform === 'win32')('makes a file for its owner alone', async () => {
		await log.append(Buffer.from('a'));
		expect((await stat(log.path)).mode & 0o777).toBe(0o600);
	});

	test.runIf(process.platform === 'linux')('on a full disk is an error that names it', async () => {
		const file = path.join(folder, 'full');
		await symlink('/dev/full', file);
		const full = openLogFile(file);
		await expect(full.append(Buffer.from('a'))).rejects.toMatchObject({
			kind: 'home',
			message: `cannot write ${file}: the disk of ${folder} is full`,
			hint: expect.stringContaining('Free space'),
		});
	});
});

describe('reading', () => {
	beforeEach(() => log.append(Buffer.from('0123456789')));

	test('returns a range', async () => {
		expect((await log.read(2, 5)).toString()).toBe('234');
	});

	test('returns less at the end of the file', async () => {
		expect((await log.read(8, 100)).toString()).toBe('89');
		expect(await log.read(10, 100)).toHaveLength(0);
		expect(await log.read(50, 100)).toHaveLength(0);
	});
});

describe('the tail', () => {
	test('is the whole of a short log', async () => {
		await log.append(Buffer.from('one\ntwo\n'));
		expect(await log.tail(100)).toBe('one\ntwo\n');
	});

	test('starts with a complete line', async () => {
		await log.append(Buffer.from('one\ntwo\nthree\n'));
		expect(await log.tail(8)).toBe('three\n');
	});

	test('keeps a line that starts exactly there', async () => {
		await log.append(Buffer.from('one\ntwo\n'));
		expect(await log.tail(4)).toBe('two\n');
	});

	test('is the end of one long line', async () => {
		await log.append(Buffer.from('0123456789'));
		expect(await log.tail(4)).toBe('6789');
		await log.append(Buffer.from('\n'));
		expect(await log.tail(4)).toBe('789\n');
	});

	test('does not start inside a character', async () => {
		await log.append(Buffer.from('äöü'));
		expect(await log.tail(3)).toBe('ü');
	});

	test('is always the end of the log, and no longer than requested', async () => {
		let number = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.string({unit: fc.constantFrom('a', '\n', 'ü', '\u{1F680}'), maxLength: 40}),
				fc.nat(60),
				async (whole, length) => {
					const one = openLogFile(path.join(folder, String(number++)));
					await one.append(Buffer.from(whole));
					const tail = await one.tail(length);
					await one.close();
					expect(whole.endsWith(tail)).toBe(true);
					expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(length);
				},
			),
			{numRuns: 50},
		);
	});
});

describe('watching', () => {
	/** Resolves when the log has grown to a size. */
	function grownTo(size: number) {
		return new Promise<void>(resolve => {
			const stop = log.watch(async () => {
				if ((await log.size()) >= size) {
					stop();
					resolve();
				}
			});
		});
	}

	test('reports a log that is created later', async () => {
		const grown = grownTo(3);
		await log.append(Buffer.from('abc'));
		await grown;
	});

	test('reports what another process appends', async () => {
		await log.append(Buffer.from('abc'));
		const grown = grownTo(6);
		await appendFile(log.path, 'def');
		await grown;
	});

	test('does not report other files next to it', async () => {
		await log.append(Buffer.from('abc'));
		let calls = 0;
		const stop = log.watch(() => calls++);
		const other = openLogFile(path.join(path.dirname(log.path), 'other'));
		const heard = new Promise<void>(resolve => {
			const stopOther = other.watch(() => {
				stopOther();
				resolve();
			});
		});
		await writeFile(other.path, 'x');
		await heard;
		stop();
		await other.close();
		expect(calls).toBe(0);
	});
});
