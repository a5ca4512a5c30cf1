import {CosmosError} from '../../domain/errors.js';
import {type Field, FilterError} from '../../domain/filter/field.js';
import {type Filter, type Found, parseFilter} from '../../domain/filter/filter.js';
import {promptFields, runFields} from '../../domain/filter/record-fields.js';
import type {Prompt, Recipe, ShownRun} from '../../domain/types.js';
import type {RunFilter} from '../../store/run-filter.js';
import type {Store} from '../../store/store.js';
import type {SearchHit, SearchMatch} from './record-types.js';

/** Runs that a filter finds (docs/filter.md). @throws CosmosError (usage) for a filter that is wrong */
export function listRunsWhere(
	store: Store,
	recipes: readonly Recipe[],
	where: string,
	filter: RunFilter,
): Promise<ShownRun[]> {
	const found = parseFilter(where, runFields(recipes));
	const now = Date.now();
	return store.listRuns({...filter, matches: run => found.matches(run, now)});
}

/** Prompts that a filter finds. @throws CosmosError (usage) for a filter that is wrong */
export async function listPromptsWhere(
	store: Store,
	where: string,
	limit?: number,
): Promise<Prompt[]> {
	const matches = await promptMatcher(store, parseFilter(where, promptFields), Date.now());
	return store.listPrompts(limit, matches);
}

/** Prompts, then runs, newest first; see `RecordActions.search`. */
export async function search(
	store: Store,
	recipes: readonly Recipe[],
	text: string,
	limit = Number.POSITIVE_INFINITY,
): Promise<SearchHit[]> {
	if (text.trim() === '') {
		throw new CosmosError('usage', 'the search is empty', {
			hint: 'Give one or more words; `!word` excludes a word.',
		});
	}

	const now = Date.now();
	const forPrompts = parsed(text, promptFields);
	const forRuns = parsed(text, runFields(recipes));
	if (forPrompts instanceof FilterError && forRuns instanceof FilterError) {
		// Of the two errors the one about runs helps more: runs have more fields.
		throw forRuns;
	}

	const hits: SearchHit[] = [];
	if (!(forPrompts instanceof FilterError)) {
		const matches = await promptMatcher(store, forPrompts, now);
		for (const prompt of await store.listPrompts(limit, matches)) {
			const found = forPrompts.find({prompt, runs: 0}, now);
			hits.push({kind: 'prompt', prompt, match: matchOf(found, prompt.name)});
		}
	}

	if (!(forRuns instanceof FilterError)) {
		const matches = (run: ShownRun) => forRuns.matches(run, now);
		for (const run of await store.listRuns({limit, matches})) {
			hits.push({kind: 'run', run, match: matchOf(forRuns.find(run, now), run.run.promptName)});
		}
	}

	return hits;
}

function parsed<T>(text: string, table: readonly Field<T>[]): Filter<T> | FilterError {
	try {
		return parseFilter(text, table);
	} catch (error) {
		if (error instanceof FilterError) {
			return error;
		}

		throw error;
	}
}

/** Counts the runs of each prompt only if the filter needs the counts. */
async function promptMatcher(
	store: Store,
	filter: Filter<{prompt: Prompt; runs: number}>,
	now: number,
): Promise<(prompt: Prompt) => boolean> {
	const counts = new Map<string, number>();
	if (filter.fields.has('runs')) {
		await store.eachRun(({run: {promptId}}) => {
			if (promptId !== undefined) {
				counts.set(promptId, (counts.get(promptId) ?? 0) + 1);
			}
		});
	}

	return prompt => filter.matches({prompt, runs: counts.get(prompt.id) ?? 0}, now);
}

/** How many characters are shown on each side of a match. */
const around = 30;

/** The text around a word, in one line. */
function matchOf(found: Found | undefined, name: string): SearchMatch {
	if (!found) {
		return {field: 'name', excerpt: name};
	}

	const {field, text, at, length} = found;
	const from = Math.max(0, at - around);
	const to = Math.min(text.length, at + length + around);
	const part = text.slice(from, to).replaceAll(/\s+/g, ' ').trim();
	return {field, excerpt: `${from > 0 ? '…' : ''}${part}${to < text.length ? '…' : ''}`};
}
