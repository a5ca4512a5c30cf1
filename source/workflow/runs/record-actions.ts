import {CosmosError} from '../../domain/errors.js';
import {isId} from '../../domain/ids.js';
import {applyAnnotation, checkAnnotation} from '../../domain/runs/annotations.js';
import type {Recipe} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {now} from '../job-store.js';
import {editPrompt, renamePrompt} from '../prompts/prompt-edit.js';
import {lineageOf} from './lineage.js';
import {createPresets} from './presets.js';
import type {RecordActions} from './record-types.js';
import {waitForRun} from './wait-run.js';

export function createRecordActions(store: Store, recipes: readonly Recipe[]): RecordActions {
	return {
		async annotate(id, change) {
			checkAnnotation(change);
			if (isId(id, 'ps')) {
				return store.updatePrompt(id, prompt => applyAnnotation(prompt, change));
			}

			if (isId(id, 'run')) {
				return store.updateRun(id, run => applyAnnotation(run, change));
			}

			throw new CosmosError('not-found', `"${id}" is not the id of a prompt or a run`);
		},
		async search(text, limit) {
			return (await import('./search.js')).search(store, recipes, text, limit);
		},
		renamePrompt: (id, name) => renamePrompt(store, id, name),
		editPrompt: (id, edit) => editPrompt(store, id, edit, now),
		lineage: id => lineageOf(store, id),
		waitForRun: (runId, signal) => waitForRun(store, runId, signal),
		async *events(request = {}) {
			const {streamEvents} = await import('./run-events.js');
			yield* streamEvents(store, request);
		},
		...createPresets(store, recipes),
	};
}
