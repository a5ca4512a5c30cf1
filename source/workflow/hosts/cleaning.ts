import {
	type CleanItem,
	type CleanPlan,
	type CleanRequest,
	intersectPlans,
	mayNeed,
	planClean,
	type RunThere,
} from '../../domain/hosts/clean-plan.js';
import type {HostSession} from '../../executor/host-session.js';
import type {Store} from '../../store/store.js';

/** What could be removed from a host; nothing is changed. */
export async function cleanPlan(
	store: Store,
	session: HostSession,
	request: CleanRequest,
): Promise<CleanPlan> {
	const {surveyHost} = await import('../../executor/clean-host.js');
	const there = await surveyHost(session);
	// Read after the survey of the host, so that runs started since are known.
	const known = (await store.listRuns()).map(({run}) => run);
	return planClean(there, known, request);
}

/**
 * Removes what a plan has shown, if a second check still allows it.
 * @returns what is gone
 */
export async function clean(
	store: Store,
	session: HostSession,
	request: CleanRequest,
	shown: CleanPlan,
): Promise<CleanItem[]> {
	const {removeLeftover} = await import('../../executor/clean-host.js');
	const removed: CleanItem[] = [];
	/** Runs that wait for their slot, as only the attempt shows; they come before the inputs. */
	const waiting: RunThere[] = [];
	for (const item of intersectPlans(shown, await cleanPlan(store, session, request))) {
		if (item.kind === 'input' && waiting.some(run => mayNeed(run, item.name))) {
			continue;
		}

		if (await removeLeftover(session, item)) {
			removed.push(item);
		} else if (item.kind === 'run') {
			waiting.push(item);
		}
	}

	return removed;
}
