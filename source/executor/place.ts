/**
 * A job's place among those that follow each other on a slot. It says when each phase may begin: only the
 * job itself has the GPU; the inputs of the next ones are uploaded meanwhile, and the outputs of
 * earlier ones downloaded.
 */
export type Place = {
	/** Aborted when the job is to give up its place. That counts only until it has the GPU. */
	readonly withdrawn: AbortSignal;
	/** Until it has the GPU it may go to another host, if this one falls silent. @default false */
	readonly hasOtherHosts?: boolean;
	/**
	 * Sends a job's inputs, after those before it have sent theirs.
	 * @param signal ends the wait, which rejects then
	 * @throws CosmosError (cancelled)
	 */
	upload: <T>(
		bytes: number,
		signal: AbortSignal,
		work: (turn: UploadTurn) => Promise<T>,
	) => Promise<T>;
	/**
	 * Resolves when the job may have the GPU; `leave` gives it back, also when this has not resolved.
	 * @param name what a waiting job reports that it waits for
	 * @param onWait what this one waits for, each time that it changes
	 * @param holder what `holder` has said before
	 */
	enter: (name: string, onWait: (holder: string) => void, holder?: string) => Promise<void>;
	/** What it would wait for now. @default nothing */
	holder?: () => string | undefined;
	/** The job has the GPU already: it was started before. */
	resume: (name: string) => Promise<void>;
	/** The job has exited, or will not start. */
	leave: () => void;
	/**
	 * Fetches a job's outputs, after those before it have fetched theirs.
	 * @param signal ends the wait: then they are fetched at once
	 */
	download: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
};

/** An upload may be ahead of the job's turn for the GPU. */
export type UploadTurn = {
	/** Whether something before the job still needs the GPU. */
	isAhead: () => boolean;
	/** Resolves when nothing does. @throws CosmosError (cancelled) when the signal is aborted */
	untilNext: (signal: AbortSignal) => Promise<void>;
};

/** The place of a job that follows no other: whoever is there first, the host decides. */
export const alone: Place = {
	withdrawn: new AbortController().signal,
	upload: (_bytes, _signal, work) => work({isAhead: () => false, untilNext: async () => undefined}),
	enter: async () => undefined,
	resume: async () => undefined,
	leave: () => undefined,
	download: (_signal, work) => work(),
};

/** The same place, of a job that has started once: it is not given up any more. */
export function keptPlace(place: Place): Place {
	return {...place, withdrawn: alone.withdrawn, hasOtherHosts: false};
}

/** The job gave up its place before it had the GPU: nothing of it has run. */
export class WithdrawnError extends Error {}
