import type {LaunchRequest, Workflow} from '../workflow/workflow-types.js';
import type {Flag, Words} from './verb.js';

/** What a launching verb and the queue's verb of the same name share. */
export type LaunchKind = {
	/** The flags of its own. */
	flags: readonly Flag[];
	/** What a call's words ask for, a request for each run. */
	requests: (workflow: Workflow, words: Words) => Promise<LaunchRequest[]>;
};
