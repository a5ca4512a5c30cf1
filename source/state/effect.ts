import type {Preset} from '../domain/preset.js';
import type {Place} from '../domain/queue-change.js';
import type {BatchingPlan} from '../domain/smart-batching.js';
import type {LaunchRequest, NewPrompt} from '../workflow/workflow-types.js';
import type {LogPattern} from './log/log-pattern.js';
import type {RecordDeed} from './records/record-deed.js';

export type QueueDeed = 'hold' | 'release' | 'cancel' | 'pause' | 'resume' | 'forget' | 'undo';

/** What a command asks of the world; data, so that the commands stay pure. */
export type Effect =
	/** Each of the requests, one after the other, or `together` in one container. */
	| {
			kind: 'launch';
			requests: readonly LaunchRequest[];
			/** What each is called, for its notices. */
			names: readonly string[];
			together: boolean;
	  }
	| {kind: 'create-prompt'; prompt: NewPrompt}
	| {kind: 'complete-path'; text: string}
	| {kind: 'plan'; requests: readonly LaunchRequest[]; together: boolean}
	| {kind: 'cancel'; runIds: readonly string[]}
	/** `quietly`: the old answer stays until the new one comes. */
	| {kind: 'ask-host'; host: string; quietly?: boolean}
	/** Asks the host of the host page at once, for all. */
	| {kind: 'look-again'}
	| {kind: 'log-start'}
	| {kind: 'log-end'}
	/** `from`: a byte offset; without it, from the line that is on the screen. */
	| {
			kind: 'log-search';
			pattern: LogPattern;
			direction: 1 | -1;
			from?: number;
			line: number;
	  }
	| {kind: 'log-search-stop'}
	| {kind: 'queue-add'; requests: readonly LaunchRequest[]; together: boolean}
	| {kind: 'queue'; deed: QueueDeed; ids?: readonly string[]}
	| {kind: 'queue-move'; id: string; place: Place}
	| {kind: 'read-presets'}
	| {kind: 'save-preset'; preset: Preset; replace: boolean}
	| {kind: 'record'; deed: RecordDeed}
	| {kind: 'fetch'; runIds: readonly string[]}
	| {kind: 'batching-apply'; plan: BatchingPlan}
	| {kind: 'copy'; text: string; what: string}
	| {kind: 'save-log'; runId: string; file: string}
	| {kind: 'page-log'; runId: string}
	/** Ends the dashboard; `stop` ends the own runs before. */
	| {kind: 'quit'; runs: 'stop' | 'leave'};
