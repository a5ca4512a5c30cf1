import {CosmosError} from '../../domain/errors.js';
import {
	type FailedRun,
	type FailureGroup,
	groupFailures,
	ignoredTag,
	subjectOf,
} from '../../domain/failures/failure-groups.js';
import {type Filter, parseFilter} from '../../domain/filter/filter.js';
import {runFields} from '../../domain/filter/record-fields.js';
import type {LaunchRequest} from '../../domain/settings/launch-request.js';
import {flagName, type SettingValue} from '../../domain/settings/settings.js';
import {carryOver, tableOfKind} from '../../domain/settings/settings-tables.js';
import type {Recipe, ShownRun} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {repeatOf} from '../launch/repeat-run.js';
import type {QueueDoor} from '../queue/queue-types.js';
import type {FailureActions, RetryChange} from './failure-types.js';
import type {RecordActions} from './record-types.js';

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
			// Read twice, so that no more is kept than the runs of what has ever failed.
			const failed = new Set<string>();
			await store.listRuns({
				matches({run}) {
					if ('failure' in run) {
						failed.add(subjectOf(run));
					}

					return false;
				},
			});
			const filter = where === undefined ? undefined : parseFilter(where, runFields(recipes));
			const runs =
				failed.size === 0
					? []
					: await store.listRuns({matches: ({run}) => failed.has(subjectOf(run))});
			const groups = groupFailures(runs);
			return filter ? filterGroups(groups, filter) : groups;
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
}

function filterGroups(groups: readonly FailureGroup[], filter: Filter<ShownRun>): FailureGroup[] {
	const now = Date.now();
	const matches = (run: FailedRun) => filter.matches({run, shown: run.status}, now);
	return groups
		.map(({reason, runs}) => ({reason, runs: runs.filter(matches)}))
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
