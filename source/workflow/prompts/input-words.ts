import {stat} from 'node:fs/promises';
import {expandHome} from '../../config/places.js';
import {CosmosError} from '../../domain/errors.js';
import {parseInput} from '../../domain/models/roles.js';
import {roleProblem} from '../../domain/settings/recipe.js';
import type {NewPrompt} from '../workflow-types.js';

/**
 * The inputs of a prompt as a person writes them: a folder, or files with or without their roles. One
 * word that is no file is a folder; what is wrong with it is said where it is read.
 */
export async function readInputWords(
	words: readonly string[],
): Promise<Pick<NewPrompt, 'videoDir' | 'files'>> {
	const [only] = words;
	if (words.length === 1 && only !== undefined && parseInput(only).role === undefined) {
		const place = expandHome(only);
		const found = await stat(place).catch(() => undefined);
		if (!found) {
			await checkRole(only);
		}

		return found?.isFile() ? {files: [place]} : {videoDir: place};
	}

	return {files: words.map(withHome)};
}

/** @throws CosmosError (usage) for `UP=FILE` with a file that is there, and a name that can be no role */
async function checkRole(word: string): Promise<void> {
	const [, role, file = ''] = /^([^=/\\]*)=(.+)$/.exec(word) ?? [];
	if (role !== undefined && (await stat(expandHome(file)).catch(() => undefined))?.isFile()) {
		throw new CosmosError('bad-input', `"${role}" cannot be a role`, {
			hint: `Name it so that it can: ${roleProblem('')}.`,
		});
	}
}

/** `edge=~/lines.mp4` with the home folder in it. */
function withHome(word: string): string {
	const {file} = parseInput(word);
	return word.slice(0, word.length - file.length) + expandHome(file);
}
