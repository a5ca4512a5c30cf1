import {spawn} from 'node:child_process';
import {messageOf} from '../domain/errors.js';
import type {JobPart} from '../domain/queue/job.js';

/**
 * Starts the `--on-finish` command of a part of a job: an argument list, no shell. It gets
 * the run in its environment, and its output goes to standard error. Resolves when it has ended.
 * @param status of the run; that of the job where there is no run
 * @returns what went wrong, in one line
 */
export function runFinishCommand(
	{id, onFinish}: JobPart,
	{runId = '', status}: {runId?: string; status: string},
	env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
	const [program, ...words] = onFinish as [string, ...string[]];
	const wrong = (what: string) => `the command after ${id} ${what}: ${program}`;
	return new Promise(resolve => {
		const child = spawn(program, words, {
			env: {...env, COSMOS_JOB: id, COSMOS_RUN: runId, COSMOS_STATUS: status},
			stdio: ['ignore', 2, 2],
		});
		child.on('error', error => resolve(wrong(`cannot be started (${messageOf(error)})`)));
		child.on('close', (code, signal) => {
			resolve(code === 0 ? undefined : wrong(`ended with ${signal ?? code}`));
		});
	});
}
