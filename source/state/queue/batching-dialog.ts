import type {BatchingPlan} from '../../domain/smart-batching.js';

/** What the dialog asks for; without `max` the sizes are those of the hosts. */
export type BatchingChoice = {mixed: boolean; max?: number};

export type BatchingView =
	| {state: 'making'}
	| {state: 'made'; plan: BatchingPlan}
	| {state: 'failed'; message: string; hint: string};

/** Smart batching. */
export type BatchingDialog = {
	kind: 'batching';
	choice: BatchingChoice;
	view: BatchingView;
	scroll: number;
};
