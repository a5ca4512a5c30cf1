import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {available} from './available.js';
import {allProcesses} from './processes.js';

const root = path.join(import.meta.dirname, '..', '..');
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const config = path.join(import.meta.dirname, 'held', 'vitest.config.ts');

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'i-'));
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** The names of the processes that have the folder in their command line or environment. */
async function processesThere(): Promise<string[]> {
	const has = (pid: number, file: string) => {
		try {
			return readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(folder);
		} catch {
			return false;
		}
	};
	const all = await allProcesses();
	return all.filter(({pid}) => has(pid, 'cmdline') || has(pid, 'environ')).map(({name}) => name);
}

describe.skipIf(!available('docker', 'slurm', 'sshd'))('a test run with a laboratory', () => {
	it.each([
		['Ctrl-C', 'SIGINT'],
		['SIGTERM', 'SIGTERM'],
		['SIGKILL', 'SIGKILL'],
	] as const)('leaves nothing behind when it is ended by %s', async (_what, signal) => {
		const held = path.join(folder, 'held');
		const tests = spawn(process.execPath, [vitest, 'run', '--config', config], {
			cwd: root,
			// A group of its own, as a shell gives it one: Ctrl-C reaches all that is in it.
			detached: true,
			stdio: 'ignore',
			env: {...process.env, TMPDIR: folder, COSMOS_HELD: held},
		});
		const ended = once(tests, 'exit');
		await expect.poll(() => existsSync(held)).toBe(true);
		const names = await processesThere();
		expect(names).toEqual(expect.arrayContaining(['dockerd', 'containerd', 'slurmctld', 'slurmd']));
		expect(names).toEqual(expect.arrayContaining(['sshd', 'ssh-agent']));

		process.kill(-(tests.pid as number), signal);
		await ended;
		await expect.poll(processesThere).toEqual([]);
		expect(readdirSync(folder)).toEqual(['held']);
		expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder);
	});
});
