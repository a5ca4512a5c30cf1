import type {AnnotationChange} from '../../domain/runs/annotations.js';
import type {RunEvent} from '../../domain/runs/run-events.js';
import type {Preset} from '../../domain/settings/preset.js';
import type {Operation} from '../../domain/settings/settings.js';
import type {Prompt, Run, ShownRun} from '../../domain/types.js';

export type EventsRequest = {
	/** The cursor of the last event that was handled, or `start`. @default from now on */
	since?: string;
	/** Ends after what has happened so far. @default false */
	once?: boolean;
	/** Aborting it ends the stream. */
	signal?: AbortSignal;
};

/** Where something was found, and the text around it. */
export type SearchMatch = {field: string; excerpt: string};

export type SearchHit =
	| {kind: 'prompt'; prompt: Prompt; match: SearchMatch}
	| {kind: 'run'; run: ShownRun; match: SearchMatch};

export type PromptEdit = {
	text?: string;
	negative?: string;
	/** Folder with the videos that it has from now on. */
	videoDir?: string;
	/** The text that was edited: if it has changed since, the edit is rejected. */
	basedOn?: string;
	/** Replace the text although finished runs used it. */
	force?: boolean;
	/** Keep the prompt and create a new one with the text. */
	asNew?: boolean;
};

/** One step up or down from a prompt or a run. */
export type Relative = {
	id: string;
	kind: 'prompt' | 'run';
	/** The prompt's name, or that of the run's prompt; empty for what no longer exists. */
	name: string;
	/** Its relation to the other one, e.g. `upscale`. */
	relation: string;
	/** A run's status. */
	shown?: ShownRun['shown'];
};

export type Lineage = {parents: Relative[]; children: Relative[]};

/** What a user can do with the local records of prompts and runs; no host is contacted. */
export type RecordActions = {
	/** Rates, tags, notes. @param id a complete id of a prompt or a run */
	annotate: (id: string, change: AnnotationChange) => Promise<Prompt | Run>;
	/**
	 * Prompts, then runs, newest first, that a filter finds (docs/filter.md). Only runs are searched
	 * where it names a field that prompts do not have, and the other way round.
	 * @param limit at most this many of each
	 * @throws CosmosError (usage) for a filter that is empty or wrong
	 */
	search: (text: string, limit?: number) => Promise<SearchHit[]>;
	renamePrompt: (id: string, name: string) => Promise<Prompt>;
	/**
	 * Replaces texts of a prompt; its history keeps the old text.
	 * @returns the prompt, or the new one that was asked for
	 * @throws CosmosError (usage) when finished runs used the text, unless `force` or `asNew`
	 */
	editPrompt: (id: string, edit: PromptEdit) => Promise<Prompt>;
	/** The sources and results of a prompt or a run. @param id a complete id */
	lineage: (id: string) => Promise<Lineage>;
	/**
	 * Resolves when no process works on the run any more: it has ended, or its
	 * `cosmos` has died and it is `interrupted`.
	 */
	waitForRun: (runId: string, signal?: AbortSignal) => Promise<ShownRun>;
	/**
	 * Every change of a run's status, by any process, in order for each run. An event's cursor goes on after it, in
	 * another process too.
	 * @throws CosmosError (usage) for something that is no cursor
	 */
	events: (request?: EventsRequest) => AsyncIterable<RunEvent>;
	/** By name. */
	listPresets: () => Promise<Preset[]>;
	/**
	 * @param model the family of a transfer; without it a preset of any family will do
	 * @throws CosmosError (usage) that names the nearest, or what it is for
	 */
	findPreset: <O extends Operation>(
		name: string,
		operation: O,
		model?: string,
	) => Promise<Preset<O>>;
	/**
	 * Keeps settings under a name.
	 * @throws CosmosError (usage) for wrong settings, or a name that is taken unless `replace`
	 */
	savePreset: (preset: Preset, replace?: boolean) => Promise<Preset>;
	deletePreset: (name: string) => Promise<void>;
};
