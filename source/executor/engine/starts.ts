import {CosmosError} from '../../domain/errors.js';

/** A start that is in progress in this process. */
export type Start = {
	/** To be called when the host knows of the job: from then on it can be stopped there. */
	ready: () => void;
	/** @throws CosmosError (cancelled) when somebody asked for the job's end meanwhile */
	throwIfStopped: () => void;
};

/**
 * The starts of this process's jobs. Between the call and the moment at which the host knows of a
 * job there is nothing there to stop: a stop then waits for that moment, or keeps the job from
 * being started at all.
 */
export function createStarts(hostName: string) {
	const starts = new Map<string, {stopped: boolean; known: Promise<void>}>();
	return {
		async during<T>(runId: string, work: (start: Start) => Promise<T>): Promise<T> {
			const {promise: known, resolve: ready} = Promise.withResolvers<void>();
			const state = {stopped: false, known};
			starts.set(runId, state);
			try {
				return await work({
					ready,
					throwIfStopped() {
						if (state.stopped) {
							throw new CosmosError('cancelled', `${runId} was stopped before it started`, {
								hint: `Nothing was started on ${hostName}.`,
							});
						}
					},
				});
			} finally {
				ready();
				starts.delete(runId);
			}
		},
		/** Resolves when the job can be stopped on the host, or will not be started. */
		async stop(runId: string): Promise<void> {
			const state = starts.get(runId);
			if (state) {
				state.stopped = true;
				await state.known;
			}
		},
	};
}
