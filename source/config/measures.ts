import {CosmosError, hintOf} from '../domain/errors.js';
import type {Recipe} from '../domain/types.js';
import type {ConfigFiles, Sourced} from './sources.js';

/** `[measures]`: what is measured of a result that arrives, and the filters that flag or reject it. */
export type MeasuresConfig = {
	/** Whether a result is compared with its input and its controls too. @default false */
	auto?: boolean;
	/** Results that it finds are flagged. */
	flag?: string;
	/** Results that it finds are flagged and rejected. */
	reject?: string;
};

/**
 * Each key is that of the last file that sets it.
 * @throws CosmosError (configuration) for a filter that is wrong
 */
export async function chooseMeasures(
	files: ConfigFiles,
	recipes: readonly Recipe[],
	sources: Sourced[],
): Promise<MeasuresConfig> {
	let found: MeasuresConfig = {};
	for (const {file, content} of files) {
		for (const [key, value] of Object.entries(content.measures ?? {})) {
			if (typeof value === 'string') {
				await checkFilter(value, `${file}: measures.${key}`, recipes);
			}

			found = {...found, [key]: value};
			sources.push({key: `measures.${key}`, value: JSON.stringify(value), from: file});
		}
	}

	return found;
}

async function checkFilter(text: string, place: string, recipes: readonly Recipe[]) {
	// Most configurations have none: what reads filters is not loaded for them.
	const {parseFilter} = await import('../domain/filter/filter.js');
	const {runFields} = await import('../domain/filter/record-fields.js');
	try {
		parseFilter(text, runFields(recipes));
	} catch (error) {
		const problem = error instanceof Error ? error.message : String(error);
		throw new CosmosError('configuration', `${place}: ${problem}`, {
			hint: hintOf(error),
			cause: error,
		});
	}
}
