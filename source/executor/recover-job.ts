import {unknownExit} from '../domain/exit-code.js';
import {leadOf} from '../domain/runs/batch.js';
import {isUnfinished, type JobExit} from '../domain/runs/run-status.js';
import type {Run} from '../domain/types.js';
import {collectJob} from './collect-job.js';
import {cleanJob, endJob} from './end-job.js';
import {concludeJob, executeJob, removeLost, withdrawRuns} from './execute-job.js';
import {grace, type JobContext, patienceFor} from './job-context.js';
import {retryOnLostConnection} from './reconnect.js';
import {hasBegun, rejoinJob} from './run-job.js';
import {abortable} from './transport/abortable.js';

/**
 * Resumes a job whose `cosmos` has died, from what the store and the host say, and brings its runs
 * to their end; with an aborted signal that end is a cancelled run, unless its job was done already.
 * The caller owns the runs. A job is never started twice: the host is checked first, and a
 * container's name can be taken only once.
 * @param runs every run of the job, those too that are over
 */
export async function recoverJob(runs: readonly Run[], context: JobContext): Promise<Run[]> {
	const open = runs.filter(({status}) => isUnfinished(status));
	if (open.length === 0) {
		return cleanJob(runs, context);
	}

	// A run that is further on has recorded the end of the job, which applies to all.
	const ended = runs.find(({status, batch}) => (batch ? batch.exit : status === 'downloading'));
	if (ended) {
		await context.jobStore.log.settle();
		return collectJob(runs, {exit: exitOf(ended)}, context);
	}

	return resumeJob(runs, context);
}

function exitOf(run: Run): JobExit {
	const stored = run.status === 'downloading' ? run.exitCode : undefined;
	const {code, oomKilled = false} = run.batch?.exit ?? {code: stored};
	return code === undefined
		? unknownExit('its record does not say it')
		: {code, oomKilled, engineMessage: ''};
}

/**
 * The job may have started unnoticed. If it certainly never ran, it starts again from
 * the upload on.
 */
async function resumeJob(runs: readonly Run[], context: JobContext): Promise<Run[]> {
	const {engine} = context.session;
	const lead = leadOf(runs[0] as Run);
	const patience = patienceFor(runs);
	// Before it is known what there is to stop, a stop only ends the looking.
	const until = context.signal.aborted ? undefined : context.signal;
	const lost = runs.find(({status, server}) => status === 'uploading' && server?.again);
	if (lost && !context.signal.aborted) {
		// Not started since its server lost it: what is there is of the start before.
		await removeLost(lost, context);
	}

	const find = () => abortable(engine.find(lead), until);
	const {state} = await retryOnLostConnection(context, patience, find, until);
	const ran = runs.some(hasBegun);
	const wasThere = state === 'removed' || (state === 'gone' && ran);
	if (state === 'running' || state === 'exited' || wasThere) {
		return concludeJob(runs, context, () => rejoinJob(runs, context));
	}

	const {signal, place} = context;
	if (!signal.aborted && !place.withdrawn.aborted) {
		return executeJob(runs, context);
	}

	// Its start may still wait there.
	await retryOnLostConnection(context, patience, () => engine.stop(lead, grace));
	return signal.aborted
		? endJob(runs, context, stored => ({...stored, status: 'cancelled'}))
		: withdrawRuns(runs, context);
}
