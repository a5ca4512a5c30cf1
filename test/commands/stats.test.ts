import {afterAll, beforeAll, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {sampleRun} from '../store/samples.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;

beforeAll(async () => {
	shell = await openShell();
	for (const seconds of [60, 120, 600]) {
		await add(seconds, {status: 'completed', exitCode: 0, outputs: []} as Partial<Run>);
	}

	await add(5, {
		status: 'failed',
		failure: {reason: 'guardrail', message: 'blocked', hint: ''},
	} as Partial<Run>);
});

afterAll(() => shell.close());

/** A real run that has just ended, after so many seconds. */
function add(seconds: number, change: Partial<Run>) {
	const ended = new Date().toISOString();
	const begun = new Date(Date.parse(ended) - seconds * 1000).toISOString();
	const times = {uploading: begun, starting: begun, running: begun, ended};
	return shell.store.addRun(id => ({...sampleRun(id), simulated: false, times, ...change}) as Run);
}

it('shows durations by operation and success by day', async () => {
	const {code, stdout} = await shell.cosmos(['stats', '--days', '2'], {columns: 80});
	expect(code).toBe(0);
	expect(stdout).toMatch(
		/OPERATION +MODEL +RUNS +MEDIAN +P90\ntransfer +transfer1 +3 +2:00 +10:00\n/,
	);
	expect(stdout).toMatch(/DAY +COMPLETED +FAILED +CANCELLED\n\S+ +0 +0 +0\n\S+ +3 +1 +0\n$/);
});

it('prints the same in seconds as JSON', async () => {
	const {stdout} = await shell.cosmos(['stats', '--json']);
	const {schema, operations, days} = JSON.parse(stdout);
	expect(schema).toBe('cosmos.stats.1');
	expect(operations).toMatchObject([{operation: 'transfer', runs: 3, median: 120, p90: 600}]);
	expect(days).toHaveLength(14);
	expect(days.at(-1)).toMatchObject({completed: 3, failed: 1, cancelled: 0});
});

it.each(['0', '4000'])('refuses %s days', async days => {
	const {code, stderr} = await shell.cosmos(['stats', '--days', days]);
	expect(code).toBe(2);
	expect(stderr).toContain('--days');
});
