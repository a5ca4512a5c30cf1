import type {ShownRun, ShownStatus} from '../domain/types.js';

export type RunFilter = {
	/** At most this many, newest first. */
	limit?: number;
	status?: ShownStatus;
	promptId?: string;
	/** Those that it accepts, of those that the other fields leave. */
	matches?: (run: ShownRun) => boolean;
	/** Those of these queued jobs. */
	jobIds?: readonly string[];
	/** Those that were created since then (ISO 8601), but for an hour: older ones are not read. */
	since?: string;
	/** Those that are newer than the run with this id. */
	after?: string;
	/** Those that share a container, by the first one's id. */
	batchId?: string;
};

export type StoreChange = 'prompts' | 'runs' | 'queue';
