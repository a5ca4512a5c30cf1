import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {coalesce, watchFolder} from '../../source/machine/folder-watch.js';

let folder: string;
let stop = () => {};

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-watch-'));
});
afterEach(async () => {
	stop();
	await rm(folder, {recursive: true});
});

/** Watches and gives the way to wait until an entry has been reported. */
function watchFor(place: string) {
	const seen = new Set<string | undefined>();
	let wake = () => {};
	stop = watchFolder(place, name => {
		seen.add(name);
		wake();
	});
	return async (wanted: string | undefined) => {
		while (!seen.has(wanted)) {
			await new Promise<void>(resolve => {
				wake = resolve;
			});
		}
	};
}

test('a new file is reported by name', async () => {
	const reported = watchFor(folder);
	await writeFile(path.join(folder, 'a'), '');
	await reported('a');
});

test('a file in a folder that is created later is reported', async () => {
	const place = path.join(folder, 'x', 'y');
	const reported = watchFor(place);
	await mkdir(place, {recursive: true});
	await reported(undefined);
	await writeFile(path.join(place, 'a'), '');
	await reported('a');
});

test('a burst of events is one call', async () => {
	let calls = 0;
	await new Promise<void>(resolve => {
		const {ring} = coalesce(1, () => {
			calls++;
			resolve();
		});
		ring();
		ring();
		ring();
	});
	expect(calls).toBe(1);
});
