import {
	formatCursor,
	mayChange,
	newSteps,
	parseCursor,
	type Reported,
	type RunEvent,
	stepsOf,
} from '../../domain/runs/run-events.js';
import type {Run} from '../../domain/types.js';
import {createBell} from '../../machine/bell.js';
import type {Store} from '../../store/store.js';
import type {EventsRequest} from './record-types.js';

/** Runs among which those are that have not ended. */
const newestRuns = 300;

/**
 * Every change of a run's status, in order for each run. Nothing is stored for it: runs keep when they had each status,
 * and a cursor says what has been reported, so that no change is missed whichever process made it.
 */
export async function* streamEvents(
	store: Store,
	{since, once = false, signal = new AbortController().signal}: EventsRequest,
): AsyncGenerator<RunEvent> {
	const bell = createBell();
	const unwatch = store.watch(what => (what === 'runs' ? bell.ring() : undefined));
	try {
		let reported =
			since === undefined
				? await reportedNow(store)
				: since === 'start'
					? {last: '', open: new Map()}
					: parseCursor(since);
		while (!signal.aborted) {
			for await (const run of changedRuns(store, reported)) {
				for (const step of newSteps(run, reported.open.get(run.id))) {
					reported = report(reported, run, step);
					yield eventOf(run, step, formatCursor(reported));
				}
			}

			if (once) {
				return;
			}

			await bell.next(signal);
		}
	} finally {
		unwatch();
	}
}

type Step = ReturnType<typeof stepsOf>[number];

async function reportedNow(store: Store): Promise<Reported> {
	const runs = (await store.listRuns({limit: newestRuns})).map(({run}) => run);
	const open = runs.filter(({status}) => mayChange(status));
	return {
		last: runs[0]?.id ?? '',
		open: new Map(open.map(run => [run.id, stepsOf(run).at(-1) as Step])),
	};
}

/** Runs that may have something to report: those that had not ended, and newer ones, oldest first. */
async function* changedRuns(store: Store, {last, open}: Reported): AsyncGenerator<Run> {
	const newer =
		last === ''
			? await store.runIds()
			: (await store.listRuns({after: last})).map(({run}) => run.id).reverse();
	for (const id of [...open.keys(), ...newer]) {
		const found = await store.getRun(id);
		if (found) {
			yield found.run;
		}
	}
}

function report({last, open}: Reported, {id, status}: Run, step: Step): Reported {
	const next = new Map(open).set(id, step);
	if (step.status === status && !mayChange(status)) {
		next.delete(id);
	}

	return {last: id > last ? id : last, open: next};
}

function eventOf(run: Run, {status, at}: Step, cursor: string): RunEvent {
	const failure = 'failure' in run && status === run.status ? run.failure : undefined;
	return {
		cursor,
		...{run: run.id, status, at, promptName: run.promptName, host: run.host},
		...(run.jobId && {job: run.jobId}),
		...(run.dataset && {dataset: run.dataset}),
		...(run.sweep && {sweep: run.sweep.id}),
		...(failure && {reason: failure.reason}),
	};
}
