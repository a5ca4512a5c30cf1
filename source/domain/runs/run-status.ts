import type {Failure} from '../failures/failure.js';
import type {FailedRun} from '../failures/failure-cause.js';
import {findCause, findHang, findRemedy, findSilentBlock} from '../failures/find-cause.js';
import {familyOf, modeOf, unnamedModel} from '../models/families.js';
import type {Kind} from '../settings/settings.js';
import {joinWithOr} from '../text-format.js';
import type {Run, RunStatus, ShownStatus} from '../types.js';

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

/** Whether nothing has been asked of the GPU for the run yet. */
export function isBeforeStart(status: RunStatus): boolean {
	return status === 'pending' || status === 'uploading' || status === 'starting';
}

/**
 * Whether the GPU has ever been asked for anything of a run: also of one that starts again, because its server lost it or
 * another run of its batch failed. It is never given back to the queue, which would make a new run of it.
 */
export function hasEverStarted({status, server, restarts}: Run): boolean {
	return !isBeforeStart(status) || server?.again !== undefined || restarts !== undefined;
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
 * What signals mean that end a program by themselves (128 and the signal's number), with the words by
 * which the table of causes knows them.
 */
const signalCodes: Readonly<Record<number, {ended: string; logged: string}>> = {
	134: {ended: 'aborted (SIGABRT, 134)', logged: 'Signal 6 (SIGABRT)'},
	135: {ended: 'ended with a bus error (SIGBUS, 135)', logged: 'Signal 7 (SIGBUS)'},
	139: {ended: 'crashed (SIGSEGV, 139)', logged: 'Signal 11 (SIGSEGV)'},
};

/**
 * Why a job with a non-zero code failed, from its code and the end of its log. The codes are Docker's
 * (125 refused, 126 not executable, 127 not found, 128 not started, 137 SIGKILL, 143 SIGTERM); what the log says is in the
 * table of causes.
 * @param logTail the end of the log
 * @param kind whose flags the hints name
 * @param own what a recipe says of its log
 */
export function explainExit(
	exit: JobExit,
	logTail: string,
	timeLimit: number,
	kind?: Kind,
	own?: Failure,
): Failure {
	const failure = exit.failure ?? explainCode(exit, logTail, timeLimit, kind, own);
	return exit.node ? {...failure, message: `${failure.message} (node ${exit.node})`} : failure;
}

function explainCode(
	{code, oomKilled, engineMessage}: JobExit,
	logTail: string,
	timeLimit: number,
	kind: Kind = {operation: 'transfer', model: unnamedModel},
	own?: Failure,
): Failure {
	const {operation} = kind;
	if (code === timedOutCode && timeLimitSaid.test(logTail)) {
		const hung = operation !== 'recipe' && findHang(logTail, failedRun(kind, logTail));
		if (hung) {
			return {
				reason: hung.reason,
				message: `${hung.message}; then it hung until the time limit of ${timeLimit} s`,
				hint: hung.hint,
			};
		}

		return {
			reason: 'timed-out',
			message: `timed out after ${timeLimit} s`,
			hint: `Increase --time-limit${operation === 'transfer' ? ', or use fewer steps' : ''}.`,
		};
	}

	if (oomKilled) {
		return {
			reason: 'host-out-of-memory',
			message: "killed by the host's kernel: out of memory (137)",
			hint: 'The container needs more RAM; free some on the host or raise its limit.',
		};
	}

	if (engineMessage !== '' && code >= 125 && code <= 128) {
		return {
			reason: 'engine',
			message: `the engine could not start the container: ${lastLine(engineMessage)}`,
			hint:
				findRemedy(engineMessage) ??
				'Check the image and its entry point; `cosmos doctor` shows what the host is missing.',
		};
	}

	if (own) {
		return own;
	}

	const {known, line} = findCause(logTail, failedRun(kind, logTail), operation !== 'recipe');
	const failure = known && {reason: known.reason, message: known.message, hint: known.hint};
	if (failure && (known.weight === 'root' || (code !== 137 && code !== 143))) {
		return failure;
	}

	if (code === 137 || code === 143) {
		return killed(code);
	}

	const signal = signalCodes[code];
	return {
		reason: 'program-error',
		message: signal
			? `the program ${signal.ended}${line && `: ${line}`}`
			: `the program exited with code ${code}${line && `: ${line}`}`,
		hint: (signal && findRemedy(signal.logged)) ?? 'See the end of the log.',
	};
}

/** What the table of causes may say of a run of a kind. */
function failedRun(kind: Kind, logTail: string): FailedRun {
	if (kind.operation !== 'transfer') {
		return {isTransfer: false, savesMemory: ''};
	}

	const {savesMemory, savesLoading} = familyOf(kind.model);
	if (!savesLoading) {
		return {isTransfer: true, savesMemory: joinWithOr(savesMemory)};
	}

	const {sampling} = modeOf(kind);
	const phase = logTail.split(/[\n\r]/).some(line => sampling?.test(line) || bar.test(line))
		? 'sampling'
		: 'loading';
	return {
		isTransfer: true,
		savesMemory: joinWithOr(phase === 'loading' ? savesLoading : savesMemory),
		phase,
	};
}

/** A bar of the sampling: the line with which it begins may be too far back. */
const bar = /^Sampling: +\d+%/;

function killed(code: 137 | 143): Failure {
	return code === 137
		? {
				reason: 'killed',
				message: 'killed by another process (SIGKILL, 137)',
				hint: 'Somebody, or the host itself, killed the container; find out why, then rerun.',
			}
		: {
				reason: 'killed',
				message: 'stopped by another process (SIGTERM, 143)',
				hint: 'Somebody, or the engine shutting down, stopped the container; find out why, then rerun.',
			};
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
	const {known} = findCause(logTail, {isTransfer: true, savesMemory: ''}, true);
	const blocked = known?.reason === 'guardrail' ? known : code === 0 && findSilentBlock(logTail);
	return blocked
		? {reason: blocked.reason, message: blocked.message, hint: blocked.hint}
		: {
				reason: 'no-output',
				message: `the program exited with code ${code} but produced no ${expected}${left}`,
				hint: 'See the end of the log; the run is recorded as failed.',
			};
}

function lastLine(text: string): string {
	return text.trim().split('\n').at(-1)?.trim() ?? '';
}
