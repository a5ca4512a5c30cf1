import type {Host} from '../../domain/hosts/host.js';
import {slotKeysFor} from '../../domain/hosts/host-choice.js';
import type {Run} from '../../domain/types.js';
import {createPipeline, mostAhead} from '../../executor/pipeline.js';
import type {Place} from '../../executor/place.js';
import type {RunWatcher} from '../../executor/run-watcher.js';
import {abortable} from '../../executor/transport/abortable.js';
import type {LaunchRequest} from '../workflow-types.js';

type Launch = (
	group: readonly LaunchRequest[],
	watcher: RunWatcher,
	signal: AbortSignal | undefined,
	place: Place,
) => Promise<Run[]>;

/**
 * Launches jobs that follow each other: one at a time has the GPU, while the next ones are prepared and the
 * outputs of earlier ones downloaded.
 * @param slotsOf how many slots a job has to choose from. With several it chooses when the one before it
 * has exited
 * @returns the end of each; no runs for one that was not begun before the signal was aborted. After one that could not
 * be launched no further one is begun: they reject with its error
 */
export function launchSeries(
	groups: ReadonlyArray<readonly LaunchRequest[]>,
	{
		launch,
		slotsOf,
		watcherFor,
		signal,
	}: {
		launch: Launch;
		slotsOf: (group: readonly LaunchRequest[]) => number;
		watcherFor: (index: number) => RunWatcher;
		signal: AbortSignal | undefined;
	},
): Array<Promise<Run[]>> {
	const pipeline = createPipeline();
	let refusal: {error: unknown} | undefined;

	/** Resolves when the pipeline can take another job. */
	function untilRoom(group: readonly LaunchRequest[]): Promise<void> {
		const hasRoom = () =>
			slotsOf(group) === 1 ? pipeline.waiting() < mostAhead : pipeline.unfinished() === 0;
		return new Promise(resolve => {
			const look = () => (hasRoom() ? resolve() : undefined);
			pipeline.onChange(look);
			look();
		});
	}

	async function begin(group: readonly LaunchRequest[], index: number) {
		await abortable(untilRoom(group), signal).catch(() => undefined);
		if (refusal) {
			throw refusal.error;
		}

		if (signal?.aborted) {
			return {ended: Promise.resolve([])};
		}

		const member = pipeline.join(String(index));
		const watcher = watcherFor(index);
		const {promise: recorded, resolve: isRecorded} = Promise.withResolvers<void>();
		const onChange = (run: Run) => {
			isRecorded();
			watcher.onChange?.(run);
		};

		const ended = launch(group, {...watcher, onChange}, signal, member.place);
		// The caller gets the error from the promise itself.
		ended
			.catch(error => {
				refusal ??= {error};
			})
			.finally(() => member.close());
		// The next one is recorded after this one: ids follow the order of the jobs.
		await Promise.race([recorded, ended.catch(() => undefined)]);
		return {ended};
	}

	let last: Promise<unknown> = Promise.resolve();
	return groups.map((group, index) => {
		const begun = last.then(() => begin(group, index));
		last = begun.catch(() => undefined);
		const end = begun.then(({ended}) => ended);
		end.catch(() => undefined);
		return end;
	});
}

/** How many slots a job may choose from. */
export function slotCount(
	hosts: readonly Host[],
	defaultHost: string,
	[first]: readonly LaunchRequest[],
): number {
	return first?.on ? 1 : slotKeysFor(hosts, first?.host ?? defaultHost).length;
}
