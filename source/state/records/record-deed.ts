import type {AnnotationChange} from '../../domain/annotations.js';
import type {DeleteRequest} from '../../domain/deletion.js';
import type {DeletionState, EditedText} from '../forms/record-form.js';

/** What an action on records asks of the world. */
export type RecordDeed =
	/** `said`: what the notice tells when it is done. */
	| {
			do: 'annotate';
			changes: ReadonlyArray<{id: string; change: AnnotationChange}>;
			said: string;
	  }
	| {do: 'rename'; promptId: string; name: string}
	| {do: 'preview'; request: DeleteRequest}
	| {do: 'delete'; request: DeleteRequest}
	| {do: 'edit'; promptId: string; name: string; text: string}
	| {do: 'save-text'; edited: EditedText; how: 'new' | 'replace'}
	| {do: 'open-video'; runId: string};

/** How it went. */
export type RecordEvent =
	| {now: 'previewed'; request: DeleteRequest; view: DeletionState}
	| {now: 'text-in-use'; edited: EditedText};
