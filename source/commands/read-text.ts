import {readFile} from 'node:fs/promises';
import {CosmosError, readProblem} from '../domain/errors.js';
import {structureProblem} from '../domain/structured-text.js';
import type {CommandContext} from './verb.js';

type Input = Pick<CommandContext, 'input'>;

/**
 * A text as a word gives it: itself, `@FILE`, or `-` for standard input. A `.json` file has to hold
 * a structured prompt.
 * @throws CosmosError (usage) when the file cannot be read
 */
export async function readText(context: Input, given: string): Promise<string> {
	if (given !== '-' && !given.startsWith('@')) {
		return given;
	}

	const file = given === '-' ? '-' : given.slice(1);
	const text = (
		await readTextFile(context, file, 'A text that begins with @ names a file.')
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
export async function readTextFile({input}: Input, file: string, hint: string): Promise<string> {
	if (file === '-') {
		return input();
	}

	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		throw new CosmosError('bad-input', readProblem(error, file), {hint, cause: error});
	}
}
