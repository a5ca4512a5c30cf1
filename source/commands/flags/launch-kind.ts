import type {Setting} from '../../domain/settings/settings.js';
import type {LaunchRequest, Workflow} from '../../workflow/workflow-types.js';
import type {Flag, Words} from '../verb.js';

/** What a launching verb and the queue's verb of the same name share. */
export type LaunchKind = {
	/** The flags of its own. */
	flags: readonly Flag[];
	/** The settings that its flags can sweep over. */
	rows: (workflow: Workflow, words: Words) => readonly Setting[];
	/**
	 * What a call's words ask for, a request for each of its prompts or videos. One for a prompt whose text
	 * is a template has it as `text`.
	 */
	requests: (workflow: Workflow, words: Words) => Promise<LaunchRequest[]>;
};
