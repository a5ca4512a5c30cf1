import type {Job} from '../domain/queue/job.js';
import type {Place} from '../domain/queue/queue-change.js';
import type {AnnotationChange} from '../domain/runs/annotations.js';

/** How something that was done here is taken back. */
export type Back =
	| {kind: 'restore'; ids: readonly string[]}
	| {kind: 'uncancel'; jobs: readonly Job[]}
	| {kind: 'move'; id: string; place: Place}
	| {kind: 'split'}
	| {kind: 'annotate'; changes: ReadonlyArray<{id: string; change: AnnotationChange}>}
	| {kind: 'rename'; promptId: string; name: string}
	| {kind: 'text'; promptId: string; text: string; basedOn: string};

/** Something that can be undone. `what` names it: `the rating of city-night`. */
export type Undoable = {what: string; back: Back};
