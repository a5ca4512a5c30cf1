import {mkdirSync} from 'node:fs';
import path from 'node:path';
import type {Engine, Job} from '../../../source/executor/engine/engine.js';
import {collector} from './collector.js';

export type StartedJob = ReturnType<typeof collector> & {exit: ReturnType<Engine['run']>};

let count = 0;

/** The id of a run that no other job of this machine has. */
export function newRunId(): string {
	return `run_${String(process.pid).padStart(8, '0')}${String(count++).padStart(4, '0')}`;
}

/** A job whose run folder is there, below a checkout. */
export function makeJob(
	checkout: string,
	runId: string,
	command: readonly string[],
	changes: Partial<Job> = {},
): Job {
	const runFolder = `cosmos-runs/${runId}`;
	mkdirSync(path.join(checkout, runFolder), {recursive: true});
	return {
		runId,
		slot: runId,
		startedBy: 'ann@desk',
		workFolder: checkout,
		runFolder,
		command,
		env: {},
		timeLimit: 3600,
		...changes,
	};
}

/** Starts a job and listens to it. */
export function startJob(job: Job, engine: Engine): StartedJob {
	const output = collector();
	const exit = engine.run(job, {onOutput: output.take, onWait: output.heardOf});
	// A later await gets the error; until then it is not unhandled.
	exit.catch(() => undefined);
	return {
		...output,
		exit,
		seen: words => Promise.race([output.seen(words), neverSaid(exit, words)]),
	};
}

/** Rejects when a job ends: a test that waits for its words would wait for ever. */
async function neverSaid(exit: StartedJob['exit'], words: string): Promise<void> {
	const ended = await exit;
	throw new Error(`the job ended (${JSON.stringify(ended)}) before it said ${words}`);
}
