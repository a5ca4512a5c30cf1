import {CosmosError, hasCode} from '../../domain/errors.js';
import {isId, resolveId} from '../../domain/ids.js';
import {nearestWord} from '../../domain/nearest-word.js';
import {formatLocalTime} from '../../domain/text-format.js';
import type {Prompt} from '../../domain/types.js';
import type {Store} from '../../store/store.js';

/** Prompts of one name that an error lists; more are counted. */
const mostNamed = 5;

/**
 * The prompt that a person means: `latest`, an id, a unique beginning of one, or a name. Letter case
 * decides between names only where they differ in nothing else.
 * @throws CosmosError (usage) for none, or several, which it lists
 */
export async function findPrompt(store: Store, reference: string): Promise<Prompt> {
	// A whole id needs no list of all ids.
	const exact = isId(reference, 'ps') ? await store.getPrompt(reference) : undefined;
	if (exact) {
		return exact;
	}

	const isIdLike = reference === 'latest' || reference.startsWith('ps_');
	const named = isIdLike ? [] : await findNamed(store, reference);
	if (named.length > 1) {
		throw sameName(reference, named);
	}

	const [one] = named;
	try {
		const id = resolveId(reference, await store.promptIds(), 'prompt');
		if (one && one.id !== id) {
			throw new CosmosError(
				'ambiguous-id',
				`"${reference}" is the name of ${one.id} and the beginning of ${id}`,
				{hint: 'Give the id of the one that you mean.'},
			);
		}

		return (await store.getPrompt(id)) as Prompt;
	} catch (error) {
		if (one && hasCode(error, 'not-found')) {
			return one;
		}

		throw isIdLike || !hasCode(error, 'not-found')
			? error
			: await withNearest(store, reference, error);
	}
}

/** Newest first. */
async function findNamed(store: Store, name: string): Promise<Prompt[]> {
	const wanted = name.toLowerCase();
	const found = await store.listPrompts(undefined, one => one.name.toLowerCase() === wanted);
	const exact = found.filter(one => one.name === name);
	return exact.length > 0 ? exact : found;
}

function sameName(name: string, prompts: readonly Prompt[]): CosmosError {
	const listed = prompts
		.slice(0, mostNamed)
		.map(({id, createdAt}) => `${id} (${formatLocalTime(createdAt)})`)
		.join(', ');
	const more = prompts.length > mostNamed ? ` and ${prompts.length - mostNamed} more` : '';
	return new CosmosError(
		'ambiguous-id',
		`${prompts.length} prompts are called "${name}": ${listed}${more}`,
		{hint: 'Give the id of the one that you mean.'},
	);
}

async function withNearest(store: Store, name: string, error: CosmosError): Promise<CosmosError> {
	const names = (await store.listPrompts()).map(prompt => prompt.name);
	const near = nearestWord(name, names);
	return near === undefined
		? error
		: new CosmosError('not-found', error.message, {hint: `Did you mean ${near}?`});
}
