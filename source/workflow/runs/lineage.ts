import {CosmosError} from '../../domain/errors.js';
import {isId} from '../../domain/ids.js';
import {type Prompt, parentRunOf, type Run, type ShownRun} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import type {Lineage, Relative} from './record-types.js';

/** See `RecordActions.lineage`. */
export async function lineageOf(store: Store, id: string): Promise<Lineage> {
	if (isId(id, 'ps')) {
		const prompt = await store.getPrompt(id);
		if (prompt) {
			return lineageOfPrompt(store, prompt);
		}
	} else {
		const found = isId(id, 'run') ? await store.getRun(id) : undefined;
		if (found) {
			return lineageOfRun(store, found.run);
		}
	}

	throw new CosmosError('not-found', `no prompt or run "${id}"`);
}

async function lineageOfPrompt(store: Store, prompt: Prompt): Promise<Lineage> {
	const {parentId, enhancedBy} = prompt;
	const relation = enhancedBy ? 'enhanced from' : 'edited from';
	const prompts = await store.listPrompts();
	const runs = await store.listRuns({promptId: prompt.id});
	return {
		parents: [
			...(parentId ? [await promptThere(store, parentId, relation)] : []),
			...(enhancedBy ? [await runThere(store, enhancedBy, 'enhanced by')] : []),
		],
		children: [
			...prompts
				.filter(one => one.parentId === prompt.id)
				.map(one => relativePrompt(one, one.enhancedBy ? 'enhanced' : 'edited')),
			...runs.map(one => relativeRun(one, one.run.operation)),
		],
	};
}

async function lineageOfRun(store: Store, run: Run): Promise<Lineage> {
	const runs = await store.listRuns();
	const made = runs.filter(({run: one}) => parentRunOf(one) === run.id);
	const result = run.operation === 'enhance' ? run.resultPromptId : undefined;
	const parent = parentRunOf(run);
	return {
		parents: [
			...(run.promptId ? [await promptThere(store, run.promptId, 'prompt')] : []),
			...(parent
				? [await runThere(store, parent, `${run.operation === 'upscale' ? 'upscale' : 'check'} of`)]
				: []),
		],
		children: [
			...(result ? [await promptThere(store, result, 'made')] : []),
			...made.map(one => relativeRun(one, one.run.operation === 'upscale' ? 'upscale' : 'check')),
		],
	};
}

async function promptThere(store: Store, id: string, relation: string): Promise<Relative> {
	const prompt = await store.getPrompt(id);
	return prompt ? relativePrompt(prompt, relation) : {id, kind: 'prompt', name: '', relation};
}

async function runThere(store: Store, id: string, relation: string): Promise<Relative> {
	const found = await store.getRun(id);
	return found ? relativeRun(found, relation) : {id, kind: 'run', name: '', relation};
}

function relativePrompt({id, name}: Prompt, relation: string): Relative {
	return {id, kind: 'prompt', name, relation};
}

function relativeRun({run, shown}: ShownRun, relation: string): Relative {
	return {id: run.id, kind: 'run', name: run.promptName, relation, shown};
}
