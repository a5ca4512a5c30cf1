import type {Failure} from './failure.js';
import {defaultModel, familyOf} from './models/families.js';
import type {Kind} from './settings.js';
import {joinWithOr} from './text-format.js';
import type {Run, RunStatus, ShownStatus} from './types.js';

/** The steps that may follow each status. A run in a status without a next one has ended. */
export const transitions: Record<RunStatus, readonly RunStatus[]> = {
	pending: ['uploading', 'failed', 'cancelled'],
	uploading: ['starting', 'failed', 'cancelled'],
	// Back to the upload from here and from running, when everything was killed in the moment between
	// the start and the container.
	starting: ['running', 'uploading', 'failed', 'cancelled'],
	running: ['downloading', 'uploading', 'failed', 'cancelled'],
	downloading: ['completed', 'failed', 'uncollected', 'cancelled'],
	uncollected: ['downloading'],
	completed: [],
	failed: [],
	cancelled: [],
};

/** Whether somebody still has to work on the run. `uncollected` waits for a person. */
export function isUnfinished(status: ShownStatus): boolean {
	return (
		status === 'pending' ||
		status === 'uploading' ||
		status === 'starting' ||
		status === 'running' ||
		status === 'downloading'
	);
}

/** The status a reader shows, from local facts alone. */
export function shownStatus(run: Run, ownerLives: boolean): ShownStatus {
	return isUnfinished(run.status) && !ownerLives ? 'interrupted' : run.status;
}

/** How a container (or process) ended. */
export type JobExit = {
	/** The container's exit code; 124 is ours for the time limit, where the log says so too. */
	code: number;
	/** The kernel killed it because the host was out of memory (not the GPU). */
	oomKilled: boolean;
	/** What the engine itself said, when it refused to start the job; else empty. */
	engineMessage: string;
	/** The node that the job ran on, where the host has several. */
	node?: string;
	/** Why it ended, where the engine knows more than the code says. */
	failure?: Failure;
};

/** The exit code that our wrapper on the host gives a job that ran into its time limit. */
export const timedOutCode = 124;

/** The line that ends the log of such a job: a program may have the code 124 of its own. */
export const timeLimitLine = (seconds: number) => `cosmos: the time limit of ${seconds} s is over`;
const timeLimitSaid = /^cosmos: the time limit of \d+ s is over$/m;

/**
 * Why a job with a non-zero code failed, from its code and the end of its log.
 * The log's words are those of Cosmos-Transfer1, PyTorch and the Linux kernel; the codes are
 * Docker's (125 refused, 126 not executable, 127 not found, 137 SIGKILL, 143 SIGTERM).
 * @param rawTail the last part of the log as text, a few thousand characters are enough
 * @param kind whose flags the hints name
 */
export function explainExit(
	exit: JobExit,
	rawTail: string,
	timeLimit: number,
	kind?: Kind,
): Failure {
	const failure = exit.failure ?? explainCode(exit, rawTail, timeLimit, kind);
	return exit.node ? {...failure, message: `${failure.message} (node ${exit.node})`} : failure;
}

function explainCode(
	exit: JobExit,
	rawTail: string,
	timeLimit: number,
	{operation, model}: Kind = {operation: 'transfer', model: defaultModel},
): Failure {
	// With several GPUs PyTorch puts `[rank0]: ` before every line of a traceback.
	const logTail = rawTail.replaceAll(/^\[rank\d+\]: ?/gm, '');
	if (exit.code === timedOutCode && timeLimitSaid.test(logTail)) {
		return {
			reason: 'timed-out',
			message: `timed out after ${timeLimit} s`,
			hint: `Increase --time-limit${operation === 'transfer' ? ', or use fewer steps' : ''}.`,
		};
	}

	if (exit.oomKilled) {
		return {
			reason: 'host-out-of-memory',
			message: "killed by the host's kernel: out of memory (137)",
			hint: 'The container needs more RAM; free some on the host or raise its limit.',
		};
	}

	if (isBlocked(logTail)) {
		return blocked;
	}

	if (/OutOfMemoryError|CUDA out of memory/.test(logTail)) {
		return {
			reason: 'gpu-out-of-memory',
			message: 'the GPU ran out of memory',
			hint:
				operation === 'transfer'
					? `Use ${joinWithOr(familyOf(model).savesMemory)}, or a shorter video.`
					: 'Use a shorter or smaller video, or a GPU with more memory.',
		};
	}

	if (/No space left on device/.test(logTail)) {
		return {
			reason: 'program-error',
			message: `the disk on the host is full (exit ${exit.code})`,
			hint: 'Free some space there, then rerun.',
		};
	}

	if (exit.code === 137) {
		return {
			reason: 'killed',
			message: 'killed by another process (SIGKILL, 137)',
			hint: 'Somebody, or the host itself, killed the container; find out why, then rerun.',
		};
	}

	if (exit.code === 143) {
		return {
			reason: 'killed',
			message: 'stopped by another process (SIGTERM, 143)',
			hint: 'Somebody, or the engine shutting down, stopped the container; find out why, then rerun.',
		};
	}

	if (exit.engineMessage !== '' && exit.code >= 125 && exit.code <= 127) {
		return {
			reason: 'engine',
			message: `the engine could not start the container: ${lastLine(exit.engineMessage)}`,
			hint: '',
		};
	}

	// How the models say it; of other programs nobody knows what such a line is about.
	const rejected =
		operation !== 'recipe' &&
		/^(?:.*\berror: (?:unrecognized|argument|invalid).*|.*Invalid hint_key.*|Error validating parameters from .*|ValueError: .*|AssertionError: .*|FileNotFoundError: .*|OSError: Could not load meta information.*)$/m.exec(
			logTail,
		);
	if (rejected) {
		return {
			reason: 'rejected-input',
			message: `the model rejected its input: ${rejected[0].trim()}`,
			hint: 'See the log for the full message.',
		};
	}

	const line = lastErrorLine(logTail);
	return {
		reason: 'program-error',
		message: `the program exited with code ${exit.code}${line ? `: ${line}` : ''}`,
		hint: 'See the end of the log.',
	};
}

const blocked: Failure = {
	reason: 'guardrail',
	message: 'the safety filter (guardrail) blocked the input or the result',
	hint: 'Reword the prompt, or use another input video.',
};

function isBlocked(logTail: string): boolean {
	return /guardrail blocked/i.test(logTail);
}

/** Files that a message names. */
const mostNamed = 3;

/**
 * Why a program that went on to its end left no result. The safety filter may have blocked it: some
 * versions of the program then go on to the next video, or to their end.
 * @param code what the program ended with
 * @param others names of the files that it did leave
 */
export function explainMissing(
	expected: string,
	logTail: string,
	code: number,
	others: readonly string[] = [],
): Failure {
	const there = others.length > mostNamed ? [...others.slice(0, mostNamed), '…'] : others;
	const left = there.length > 0 ? `; found: ${there.join(', ')}` : '';
	return isBlocked(logTail)
		? blocked
		: {
				reason: 'no-output',
				message: `the program exited with code ${code} but produced no ${expected}${left}`,
				hint: 'See the end of the log; the run is recorded as failed.',
			};
}

function lastLine(text: string): string {
	return text.trim().split('\n').at(-1)?.trim() ?? '';
}

function lastErrorLine(logTail: string): string {
	const lines = logTail.split('\n').map(line => line.trim());
	// The last word is torchrun's own, which only repeats that its program has failed.
	const errors = lines.filter(line => /^[\w.]*(?:Error|Exception)\b/.test(line));
	return errors.findLast(line => !line.includes('ChildFailedError')) ?? errors.at(-1) ?? '';
}
