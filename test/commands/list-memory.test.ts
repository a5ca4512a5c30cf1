import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {growStore} from '../../bench/grown-store.js';
import {program} from '../cosmos.js';

/** Enough that a listing that kept them all would need more memory than it may have. */
const runCount = 20_000;
const mostMemory = 120e6;

let folder: string;
beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-list-memory-'));
	await growStore(path.join(folder, 'data'), runCount);
});
afterAll(() => rmSync(folder, {recursive: true}));

/** Bytes that the built program had in memory at most. */
function memoryOf(words: readonly string[]): number {
	const file = path.join(folder, 'memory');
	const tell = `
import {writeFileSync} from 'node:fs';
process.on('exit', () => {
	writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS * 1024));
});`;
	execFileSync(
		process.execPath,
		[
			...['--import', `data:text/javascript,${encodeURIComponent(tell)}`, program, ...words],
			...['--data', path.join(folder, 'data')],
		],
		{env: {...process.env, MEMORY_FILE: file}, stdio: 'ignore'},
	);
	return Number(readFileSync(file, 'utf8'));
}

it.each([
	['the newest', ['list', 'runs', '--limit', '20']],
	['those of one status, which no run has', ['list', 'runs', '--status', 'failed']],
])(`needs less than 120 MB to list %s of ${runCount} runs`, (_what, words) => {
	expect(memoryOf(words)).toBeLessThan(mostMemory);
});
