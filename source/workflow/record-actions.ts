import {applyAnnotation, checkAnnotation} from '../domain/annotations.js';
import {CosmosError} from '../domain/errors.js';
import {isId} from '../domain/ids.js';
import {searchIn, searchWords} from '../domain/search.js';
import type {Recipe} from '../domain/types.js';
import type {Store} from '../store/store.js';
import {now} from './job-store.js';
import {lineageOf} from './lineage.js';
import {createPresets} from './presets.js';
import {editPrompt, renamePrompt} from './prompt-edit.js';
import type {RecordActions, SearchHit} from './record-types.js';
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
		search: (text, limit) => search(store, text, limit),
		renamePrompt: (id, name) => renamePrompt(store, id, name),
		editPrompt: (id, edit) => editPrompt(store, id, edit, now),
		lineage: id => lineageOf(store, id),
		waitForRun: (runId, signal) => waitForRun(store, runId, signal),
		...createPresets(store, recipes),
	};
}

async function search(
	store: Store,
	text: string,
	limit = Number.POSITIVE_INFINITY,
): Promise<SearchHit[]> {
	const words = searchWords(text);
	if (words.length === 0) {
		throw new CosmosError('usage', 'the search is empty', {
			hint: 'Give one or more words; `!word` excludes a word.',
		});
	}

	const prompts = (await store.listPrompts()).flatMap((prompt): SearchHit[] => {
		const match = searchIn(prompt, words);
		return match ? [{kind: 'prompt', prompt, match}] : [];
	});
	const runs = (await store.listRuns()).flatMap((run): SearchHit[] => {
		const match = searchIn(run.run, words);
		return match ? [{kind: 'run', run, match}] : [];
	});
	return [...prompts.slice(0, limit), ...runs.slice(0, limit)];
}
