import {CosmosError} from '../../../domain/errors.js';
import {unknownCode} from '../../../domain/exit-code.js';
import type {Failure} from '../../../domain/failures/failure.js';
import type {Host} from '../../../domain/hosts/host.js';
import {type JobExit, timedOutCode} from '../../../domain/runs/run-status.js';

import {guardCodes} from './slurm-job.js';

/** What is known of a job's end: by its own script, and by Slurm. */
export type SlurmEnd = {
	/** What its script wrote last; absent when it was killed before. */
	code?: number;
	/** Slurm's state of the job, e.g. `FAILED`; absent when Slurm has forgotten it. */
	state?: string;
	/** Slurm's `CODE:SIGNAL`. */
	ended?: string;
	node?: string;
	/** Its number in Slurm. */
	job?: string;
	/** Whether the command has begun. */
	begun: boolean;
	/** Whether Slurm has put the job back into its queue after the command had begun. */
	requeued?: boolean;
	/** Slurm's reason for the job's state, e.g. `BadConstraints`. */
	reason?: string;
};

/** Slurm's own words in a job's output, where its memory is not guarded by cgroups. */
const overMemory = /slurmstepd.*(?:exceeded (?:job |step )?memory limit|oom[-_ ]kill)/i;

/**
 * How a job ended. Slurm's word wins where it is about the cause; the code alone could have any.
 * @param tail the end of its output
 */
export function exitOfSlurm(end: SlurmEnd, host: Host, tail: string): JobExit {
	const known = {oomKilled: false, engineMessage: '', node: end.node};
	const name = end.job === undefined ? 'the job' : `job ${end.job}`;
	const table = `[hosts.${host.name}.slurm]`;
	const because = (code: number, failure: Failure): JobExit => ({
		...known,
		code: end.code || code,
		failure,
	});
	const killed = (message: string, hint: string): Failure => ({reason: 'killed', message, hint});
	if (end.code === timedOutCode || succeeded(end)) {
		return {...known, code: end.code ?? 0};
	}

	if (end.state === 'OUT_OF_MEMORY' || overMemory.test(tail)) {
		const failure: Failure = {
			reason: 'host-out-of-memory',
			message: `Slurm killed ${name}: it used more memory than it requested`,
			hint: `Increase memory under ${table}.`,
		};
		return {...because(137, failure), oomKilled: true};
	}

	if (end.requeued) {
		return because(
			143,
			killed(
				`${name} was requeued in Slurm, by an administrator or after a failure, and not started again`,
				'A job that has begun is not started twice: run it again.',
			),
		);
	}

	switch (end.state) {
		case 'TIMEOUT':
		case 'DEADLINE':
			return {
				...known,
				code: timedOutCode,
				failure: {
					reason: 'timed-out',
					message: `Slurm ended ${name} at its time limit`,
					hint: `Increase time under ${table}, or remove it so that --time-limit applies.`,
				},
			};
		case 'CANCELLED':
			return because(
				143,
				killed(`${name} was cancelled with scancel`, 'Find out who cancelled it, then rerun.'),
			);
		case 'PREEMPTED':
			return because(
				143,
				killed(`Slurm preempted ${name} for another job`, `Rerun it, or set qos under ${table}.`),
			);
		case 'NODE_FAIL':
		case 'BOOT_FAIL':
			return because(137, {
				reason: 'node-failed',
				message: `the node of ${name} failed`,
				hint: 'Rerun it; Slurm will choose another node.',
			});
		default:
			if (end.code === undefined) {
				return withoutCode(end, name, table, because);
			}

			// Its script says 0 and Slurm does not: a success needs both.
			return end.code === 0
				? because(slurmCode(end) || unknownCode, {
						reason: 'container-lost',
						message:
							`${name} reported exit code 0, but Slurm says ${end.state} ${end.ended ?? ''}`.trim(),
						hint: 'See the end of the log and `scontrol show job`, then run it again.',
					})
				: {...known, code: end.code};
	}
}

/** States in which Slurm has not said how the job ended. */
const withoutWord: ReadonlyArray<string | undefined> = [undefined, 'RUNNING', 'COMPLETING'];

/**
 * Whether the job's script and Slurm agree on a success. Slurm's word alone will do where the script
 * could not leave its own, on a full disk; the script's alone where Slurm has forgotten the job.
 */
function succeeded({code, state, ended, begun}: SlurmEnd): boolean {
	const slurmAgrees = (state === 'COMPLETED' || state === 'COMPLETING') && ended === '0:0';
	return code === undefined
		? begun && state === 'COMPLETED' && slurmAgrees
		: code === 0 &&
				(slurmAgrees || (withoutWord.includes(state) && (ended === undefined || ended === '0:0')));
}

/** The exit code in Slurm's `CODE:SIGNAL`, 128 + SIGNAL where there is one; 0 when it gives none. */
function slurmCode({ended = ''}: SlurmEnd): number {
	const [code, signal] = /^(\d{1,3}):(\d{1,3})$/.exec(ended)?.slice(1).map(Number) ?? [];
	return signal ? 128 + signal : (code ?? 0);
}

function withoutCode(
	end: SlurmEnd,
	name: string,
	table: string,
	because: (code: number, failure: Failure) => JobExit,
): JobExit {
	const {state, ended = '', begun} = end;
	const code = slurmCode(end) || unknownCode;
	if (state === undefined) {
		return because(code, {
			reason: 'container-lost',
			message: `Slurm has forgotten ${name}, and it left no code`,
			hint: 'The log so far is saved; run it again.',
		});
	}

	if (begun && state === 'FAILED' && code < 128) {
		return because(code, {
			reason: 'program-error',
			message: `the program exited with code ${code}`,
			hint: 'Its own record of that could not be written: check the disk of the job folder, and the end of the log.',
		});
	}

	return begun
		? because(code, {
				reason: 'killed',
				message: `${name} was killed (${state.toLowerCase()}, ${ended})`,
				hint: 'See the end of the log.',
			})
		: because(code, {reason: 'engine', ...neverBegan(end, name, table)});
}

/** Why a job ended before its command began: what its script says by its code, else Slurm's reason. */
function neverBegan(
	{state = '', ended = '', reason = 'None'}: SlurmEnd,
	name: string,
	table: string,
): Pick<Failure, 'message' | 'hint'> {
	const [code] = ended.split(':').map(Number);
	const before = `${name} ended before its command began`;
	if (code === guardCodes.noFolder) {
		return {
			message: `${before}: its node has no such folder as remote_dir`,
			hint: 'Check that remote_dir is on a file system that all nodes share under the same path.',
		};
	}

	if (code === guardCodes.unwritable) {
		return {
			message: `${before}: its node could not write to the folder of the run`,
			hint: 'The disk of remote_dir is full, or the node may not write to it: free some space there.',
		};
	}

	switch (reason) {
		case 'BadConstraints':
			return {
				message: `${before}: no node has what it asks for (BadConstraints)`,
				hint: `Check gres, cpus, memory and constraint under ${table} against \`scontrol show node\`.`,
			};
		case 'JobLaunchFailure':
			return {
				message: `${before}: its node could not open the output file (JobLaunchFailure)`,
				hint: 'Check that all nodes share remote_dir under the same path, and that its disk is not full.',
			};
		case 'None':
		case 'NonZeroExitCode':
			return {
				message: `${before} (${state.toLowerCase()}, ${ended})`,
				hint: 'Check that remote_dir is on a file system that all nodes share under the same path.',
			};
		default:
			return {
				message: `${before}: Slurm gives ${reason} as the reason`,
				hint: 'See `scontrol show job` there, and ask the administrators of the cluster.',
			};
	}
}

/** A job that was never to begin is no failed one. */
export function stoppedInLineError(host: Host, runId: string): CosmosError {
	return new CosmosError('cancelled', `${runId} was cancelled while pending in Slurm`, {
		hint: `Nothing was started on ${host.name}.`,
	});
}
