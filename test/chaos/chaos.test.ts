import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {describe, expect, it} from 'vitest';
import {available} from '../lab/available.js';
import type {EngineReport} from './chaos.js';
import {plays} from './engines/all.js';
import type {EngineName} from './engines/chaos-engine.js';
import type {Fault} from './fault.js';

const main = path.join(import.meta.dirname, 'main.ts');
const register = path.join(import.meta.dirname, 'register.mjs');
/** The same plan every time: a failure can be repeated, and a new one is no matter of luck. */
const seed = 2026;
/** Of each engine a run for each of these; three processes on one store with the quickest engine. */
const forms: Record<EngineName, {faults: readonly Fault[]; jobs: number}> = {
	docker: {
		faults: [
			'cosmos-killed',
			'sshd-killed',
			'client-killed',
			'clock-step',
			'engine-restart',
			'disk-full-home',
		],
		jobs: 0,
	},
	remote: {
		faults: ['cosmos-killed', 'sshd-killed', 'supervisor-killed', 'job-killed', 'sshd-restart'],
		jobs: 0,
	},
	local: {faults: ['cosmos-killed', 'supervisor-killed', 'job-killed'], jobs: 3},
	slurm: {
		faults: [
			'cosmos-killed',
			'sshd-killed',
			'client-killed',
			'cancelled',
			'controller-restart',
			'node-lost',
		],
		jobs: 0,
	},
};

/** The short form; `npm run chaos` plays the long one. */
describe.each(plays.all ?? [])('faults around runs of the engine $name', engine => {
	const {faults, jobs} = forms[engine.name];

	describe.skipIf(!available(...engine.needs))('in the short form', () => {
		let played: Promise<EngineReport> | undefined;

		/** One play for all tests here; the one that tries again after a failure gets another. */
		function report(): Promise<EngineReport> {
			played ??= play({
				engine: engine.name,
				runs: faults.length,
				jobs,
				seed,
				faults: faults.join(','),
				limit: 300,
			}).catch(error => {
				played = undefined;
				throw error;
			});
			return played;
		}

		it('every run has the status, code, log and outputs of its job', async () => {
			const {runs} = await report();
			expect(runs).toHaveLength(faults.length);
			expect(runs.filter(({verdict}) => verdict.problems.length > 0)).toEqual([]);
		});

		it('nothing is left on the host, files of others are unchanged, no two jobs share a slot', async () => {
			expect((await report()).problems).toEqual([]);
		});

		it.runIf(jobs > 0)(
			'three processes on one store and host complete all their jobs',
			async () => {
				const {processes} = await report();
				expect(processes.problems).toEqual([]);
				expect(processes.runs).toBe(2 * jobs + processes.ofKilled);
			},
		);
	});
});

async function play(options: Record<string, string | number>): Promise<EngineReport> {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-chaos-report-'));
	const file = path.join(folder, 'report.json');
	const words = Object.entries({...options, report: file}).flatMap(([name, value]) => [
		`--${name}`,
		`${value}`,
	]);
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
	try {
		const [report] = JSON.parse(readFileSync(file, 'utf8'));
		return report;
	} finally {
		await rm(folder, {recursive: true});
	}
}
