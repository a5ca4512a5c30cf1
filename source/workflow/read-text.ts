import {readFile} from 'node:fs/promises';
import {CosmosError, readProblem} from '../domain/errors.js';
import {structureProblem} from '../domain/structured-text.js';

/** Where the text of `-` comes from. */
type Input = {input: () => Promise<string>};

/**
 * A text as a word gives it: itself, `@FILE`, or `-` for standard input where there is a context. A `.json` file has to hold
 * a structured prompt.
 * @throws CosmosError (usage) when the file cannot be read
 */
export async function readText(given: string, context?: Input): Promise<string> {
	if (!(given === '-' && context) && !given.startsWith('@')) {
		return given;
	}

	const file = given === '-' ? '-' : given.slice(1);
	const text = (
		await readTextFile(file, 'A text that begins with @ names a file.', context)
	).trimEnd();
	const problem = file.toLowerCase().endsWith('.json') ? structureProblem(text) : undefined;
	if (problem) {
		throw new CosmosError('bad-input', `${file} ${problem}`, {
			hint: 'A structured prompt is one JSON object; for a plain text name the file otherwise.',
		});
	}

	return text;
}

/**
 * The whole of a file, or of standard input for `-`.
 * @throws CosmosError (usage) when it cannot be read
 */
export async function readTextFile(file: string, hint: string, context?: Input): Promise<string> {
	if (file === '-' && context) {
		return context.input();
	}

	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		throw new CosmosError('bad-input', readProblem(error, file), {hint, cause: error});
	}
}
