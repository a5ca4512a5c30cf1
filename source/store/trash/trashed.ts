import type {Prompt, Run} from '../../domain/types.js';

/** What lies in the trash: a deleted document with its files, or the outputs of a run that stays. */
export type TrashEntry = {
	/** The entry's folder in the trash. */
	name: string;
	/** Of the prompt or the run. */
	id: string;
	/** ISO 8601, this machine's clock. */
	deletedAt: string;
} & (
	| {kind: 'prompt'; document: Prompt}
	| {kind: 'run'; document: Run}
	| {kind: 'outputs'; promptName: string}
);
