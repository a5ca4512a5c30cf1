import {mkdtemp, readdir, rm, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, expect, it, onTestFinished} from 'vitest';
import {openByteCache} from '../../source/store/byte-cache.js';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-cache-'));
	onTestFinished(() => rm(folder, {recursive: true}));
});

const bytes = (size: number, value: number) => Buffer.alloc(size, value);

it('returns what was stored, even to another process', async () => {
	await openByteCache(folder, 100).put('one', bytes(10, 1));
	const cache = openByteCache(folder, 100);
	expect(await cache.get('one')).toEqual(bytes(10, 1));
	expect(await cache.get('two')).toBeUndefined();
});

it('removes the least recently used entries beyond its limit', async () => {
	const cache = openByteCache(folder, 25);
	for (const [hour, key] of [
		[3, 'old'],
		[2, 'used'],
	] as const) {
		const before = await readdir(folder);
		await cache.put(key, bytes(10, hour));
		const [file = ''] = (await readdir(folder)).filter(name => !before.includes(name));
		const at = new Date(Date.now() - hour * 3_600_000);
		await utimes(path.join(folder, file), at, at);
	}

	await cache.get('old');
	await cache.put('new', bytes(10, 1));
	expect(await cache.get('used')).toBeUndefined();
	expect(await cache.get('old')).toBeDefined();
	expect(await cache.get('new')).toBeDefined();
});

it('keeps one complete entry of several concurrent ones, and no temporary file', async () => {
	const size = 100_000;
	const caches = Array.from({length: 8}, () => openByteCache(folder, 10 * size));
	await Promise.all(caches.map((cache, index) => cache.put('same', bytes(size, index))));
	const kept = await caches[0]?.get('same');
	expect(kept).toEqual(bytes(size, kept?.[0] ?? -1));
	expect(await readdir(folder)).toHaveLength(1);
});

it('removes partial files of a dead process', async () => {
	const left = path.join(folder, 'abc.tmp');
	await writeFile(left, 'half');
	await utimes(left, new Date(0), new Date(0));
	await openByteCache(folder, 100).put('one', bytes(10, 1));
	expect(await readdir(folder)).not.toContain('abc.tmp');
});
