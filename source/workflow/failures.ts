import {CosmosError} from '../domain/errors.js';
import {
	type FailedRun,
	type FailureGroup,
	groupFailures,
	ignoredTag,
} from '../domain/failure-groups.js';
import type {Job} from '../domain/job.js';
import type {LaunchRequest} from '../domain/launch-request.js';
import {flagName, type SettingValue} from '../domain/settings.js';
import {carryOver, tableOfKind} from '../domain/settings-tables.js';
import type {Recipe, ShownRun} from '../domain/types.js';
import type {Store} from '../store/store.js';
import type {QueueDoor} from './queue-types.js';
import type {RecordActions} from './record-types.js';
import {repeatOf} from './repeat-run.js';
import {listRunsWhere} from './search.js';

/** Of so many of the newest runs failures are listed. */
export const newestRuns = 10_000;

export type RetryChange = {
	/** A host, a group of hosts, or `any`. @default that of each run */
	host?: string;
	/** Settings that differ from those of the runs; each run takes those that it has. */
	settings?: Readonly<Record<string, SettingValue>>;
};

export type FailureActions = {
	/**
	 * Failures that are still open, by reason, among the newest 10,000 runs: without ignored ones, and without
	 * those after which the same was started again.
	 * @param where a filter (docs/filter.md)
	 * @throws CosmosError (usage) for a filter that is wrong
	 */
	listFailures: (where?: string) => Promise<FailureGroup[]>;
	/**
	 * Adds a job for each of them to the queue, all or none, with the run's settings and what differs.
	 * @throws CosmosError (usage) as a launch does, and for a setting that none of the runs has
	 */
	retryRuns: (runs: readonly FailedRun[], change?: RetryChange) => Promise<Job[]>;
	/** Tags runs with `ignored`, so that their failures are listed no more; the tag can be removed. */
	ignoreRuns: (runs: readonly FailedRun[]) => Promise<void>;
};

export function createFailures({
	store,
	recipes,
	queue,
	annotate,
}: {
	store: Store;
	recipes: readonly Recipe[];
	queue: QueueDoor;
	annotate: RecordActions['annotate'];
}): FailureActions {
	return {
		async listFailures(where) {
			const all = await store.listRuns({limit: newestRuns});
			const groups = groupFailures(all);
			return where === undefined ? groups : filterGroups(groups, await found(where));
		},
		async retryRuns(runs, change = {}) {
			requireKnown(runs, change);
			return queue.add(runs.map(run => ({requests: [requestOf(run, change)]})));
		},
		async ignoreRuns(runs) {
			for (const {id} of runs) {
				await annotate(id, {addTags: [ignoredTag]});
			}
		},
	};

	async function found(where: string): Promise<Set<string>> {
		const runs = await listRunsWhere(store, recipes, where, {limit: newestRuns});
		return new Set(runs.map(({run}: ShownRun) => run.id));
	}
}

function filterGroups(groups: readonly FailureGroup[], ids: ReadonlySet<string>): FailureGroup[] {
	return groups
		.map(({reason, runs}) => ({reason, runs: runs.filter(({id}) => ids.has(id))}))
		.filter(({runs}) => runs.length > 0);
}

function requestOf(run: FailedRun, {host, settings = {}}: RetryChange): LaunchRequest {
	const {dataset, sweep, priority} = run;
	return {
		...repeatOf(run),
		host: host ?? run.host,
		settings: {...carryOver(run, run.model, run.mode), ...ownSettings(run, settings)},
		...(dataset && {dataset}),
		...(sweep && {sweep}),
		...(priority && {priority}),
	} as LaunchRequest;
}

/** The settings that a kind of job has. */
function ownSettings(run: FailedRun, settings: Readonly<Record<string, SettingValue>>) {
	const keys = tableOfKind(run).map(({key}) => key);
	return Object.fromEntries(Object.entries(settings).filter(([key]) => keys.includes(key)));
}

function requireKnown(runs: readonly FailedRun[], {settings = {}}: RetryChange): void {
	const unknown = Object.keys(settings).find(key =>
		runs.every(run => !tableOfKind(run).some(row => row.key === key)),
	);
	if (unknown !== undefined) {
		throw new CosmosError('invalid-setting', `none of these runs has ${flagName(unknown)}`);
	}
}
