import {appendFileSync, utimesSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import type {Run} from '../../../source/domain/types.js';
import {watchStuckRuns} from '../../../source/workflow/dataset/stuck-runs.js';
import {openShell, type Shell} from '../../commands/in-process.js';
import {sampleRun} from '../../store/samples.js';

let shell: Shell;

beforeEach(async () => {
	shell = await openShell();
});

afterEach(() => shell.close());

/** A watch of one running run, and the way to let some time pass for it. */
async function watch() {
	const run = await shell.store.addRun(
		id => ({...sampleRun(id), jobId: 'job_000000000001', status: 'running'}) as Run,
	);
	let now = 0;
	let looks = 0;
	const seen: string[] = [];
	const listRuns: typeof shell.store.listRuns = async filter => {
		looks++;
		return shell.store.listRuns(filter);
	};
	const stuck = watchStuckRuns(
		{...shell.store, listRuns},
		{
			minutes: 0.001,
			isOurs: () => true,
			stop: async id => {
				seen.push(id);
				return run;
			},
			onNotice: () => undefined,
			clock: () => now,
		},
	);
	const log = path.join(shell.store.runFolder(run.id), 'log');
	return {
		...{id: run.id, log, seen, end: stuck.end},
		/** Resolves when it has looked at the time that is then. */
		async pass(milliseconds: number) {
			now += milliseconds;
			const before = looks;
			await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 1));
		},
	};
}

it('a run whose log is old is not stuck before it has been watched for so long', async () => {
	const {log, seen, pass, end, id} = await watch();
	appendFileSync(log, 'loading\n');
	utimesSync(log, 1, 1);
	await pass(59);
	await pass(0);
	expect(seen).toEqual([]);
	await pass(61);
	end();
	expect(seen).toEqual([id]);
});

it('a run that has printed nothing is stuck as any other', async () => {
	const {seen, pass, end, id} = await watch();
	await pass(61);
	await pass(61);
	end();
	expect(seen).toEqual([id]);
});

it('a run whose log grows is not stuck', async () => {
	const {log, seen, pass, end} = await watch();
	await pass(59);
	appendFileSync(log, 'step 1\n');
	await pass(59);
	appendFileSync(log, 'step 2\n');
	await pass(59);
	end();
	expect(seen).toEqual([]);
});
