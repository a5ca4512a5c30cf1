import {CosmosError} from '../errors.js';
import {isId} from '../ids.js';
import type {Run, RunStatus} from '../types.js';
import {isUnfinished, transitions} from './run-status.js';

/** A change of a run's status. */
export type RunEvent = {
	/** Given to `--since`, everything after this event follows. */
	cursor: string;
	run: string;
	status: RunStatus;
	/** ISO 8601, the clock of the machine that recorded it. */
	at: string;
	promptName: string;
	host: string;
	job?: string;
	dataset?: string;
	sweep?: string;
	/** Why a failed or uncollected run is that. */
	reason?: string;
};

type Step = {status: RunStatus; at: string};

/** What has been reported: the newest run, and the last step of each run that may still change. */
export type Reported = {last: string; open: ReadonlyMap<string, Step>};

/** The statuses that a run has had since it started the last time, as its times have them, oldest first. */
export function stepsOf(run: Run): Step[] {
	const {uploading, starting, running, downloading, ended} = run.times;
	const found: Array<[RunStatus, string | undefined]> = [
		['pending', run.createdAt],
		['uploading', uploading],
		['starting', starting],
		['running', running],
		['downloading', downloading],
		[run.status, ended],
	];
	const steps = found
		.flatMap(([status, at], rank) => (at === undefined ? [] : [{status, at, rank}]))
		.sort((a, b) => (a.at === b.at ? a.rank - b.rank : a.at < b.at ? -1 : 1))
		.map(({status, at}) => ({status, at}));
	const last = steps.at(-1) as Step;
	return last.status === run.status ? steps : [...steps, {status: run.status, at: last.at}];
}

/** The steps that have not been reported yet. */
export function newSteps(run: Run, last: Step | undefined): Step[] {
	const steps = stepsOf(run);
	if (!last) {
		return steps;
	}

	const known = steps.findLastIndex(({status, at}) => status === last.status && at === last.at);
	return known < 0 ? steps.filter(({at}) => at > last.at) : steps.slice(known + 1);
}

/** Whether a run in a status may get another one. */
export function mayChange(status: RunStatus): boolean {
	return isUnfinished(status) || transitions[status].length > 0;
}

export function formatCursor({last, open}: Reported): string {
	const runs = [...open].map(([id, {status, at}]) => [id, status, at]);
	return Buffer.from(JSON.stringify([last, ...runs])).toString('base64url');
}

/** @throws CosmosError (usage) for anything that `formatCursor` has not made */
export function parseCursor(text: string): Reported {
	try {
		const [last, ...runs] = JSON.parse(Buffer.from(text, 'base64url').toString());
		const open = new Map<string, Step>();
		for (const [id, status, at] of runs) {
			if (!isId(id, 'run') || !Object.hasOwn(transitions, status) || Number.isNaN(Date.parse(at))) {
				throw new TypeError('no cursor');
			}

			open.set(id, {status, at});
		}

		if (last === '' || isId(last, 'run')) {
			return {last, open};
		}
	} catch {
		// Reported below.
	}

	throw new CosmosError('usage', `"${text}" is not a cursor of \`cosmos events\``, {
		hint: 'Take the `cursor` of the last event that you have handled, or `start`.',
	});
}
