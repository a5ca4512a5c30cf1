import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {beforeAll, describe, expect, it} from 'vitest';
import {available} from '../lab/available.js';
import type {FullReport} from './main.js';

const main = path.join(import.meta.dirname, 'main.ts');
const register = path.join(import.meta.dirname, 'register.mjs');
const runs = 12;
const jobs = 3;
/** The same plan every time: a failure can be repeated, and a new one is no matter of luck. */
const seed = 2026;
/** All but the silence of 30 s, which takes as long as the rest. */
const faults =
	'cosmos-killed,sshd-killed,silent-3s,client-killed,clock-step,' +
	'engine-restart,disk-full-home,disk-full-there';

/** The short form; `npm run chaos` plays the long one. */
describe.skipIf(!available('docker', 'sshd'))('whatever breaks around runs', () => {
	let report: FullReport;

	beforeAll(async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-chaos-report-'));
		const file = path.join(folder, 'report.json');
		const options = {runs, jobs, seed, faults, report: file};
		const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
		const child = spawn(
			'unshare',
			[
				...['--mount', '--propagation', 'private', process.execPath],
				...['--import', register, main, ...words],
			],
			{stdio: ['ignore', 'pipe', 'inherit']},
		);
		const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
		// A failure can only be repeated with what it said: the seed, and each run's own words.
		process.stdout.write(child.exitCode === 0 ? said.slice(said.indexOf('fault')) : said);
		report = JSON.parse(readFileSync(file, 'utf8'));
		await rm(folder, {recursive: true});
	}, 600_000);

	it('every run has the status, code, log and outputs that its container had', () => {
		expect(report.runs).toHaveLength(runs);
		expect(report.runs.filter(({verdict}) => verdict.problems.length > 0)).toEqual([]);
	});

	it('nothing is left on the host, and no job overlaps another on its lane', () => {
		expect(report.problems).toEqual([]);
	});

	it('three processes on one store and host do all their jobs, also when one is killed', () => {
		expect(report.processes.problems).toEqual([]);
		expect(report.processes.runs).toBe(2 * jobs + report.processes.ofKilled);
	});
});
