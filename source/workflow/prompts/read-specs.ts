import {access} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import {parseSpecs, type Spec} from '../../domain/inputs/spec-file.js';
import {checkText} from '../../domain/prompts/prompt-text.js';
import type {NewPrompt} from '../workflow-types.js';
import {type Input, readText, readTextFile} from './read-text.js';

/** A prompt of a file, with what of it is not taken over. */
export type SpecPrompt = {prompt: NewPrompt; spec: Spec};

/**
 * The prompts of a spec file of NVIDIA's programs, of the earlier Python program, or of this one.
 * Their paths count from the file.
 * @throws CosmosError (usage) that names the line of what cannot be used
 */
export async function readSpecs(file: string, context?: Input): Promise<SpecPrompt[]> {
	const hint = 'Give a file with specs, or - for standard input.';
	const text = await readTextFile(file, {hint, context});
	// Its library is loaded only for that.
	const yaml = /\.ya?ml$/i.test(file)
		? (await import('./parse-yaml.js')).parseYaml(text, file)
		: undefined;
	const folder = file === '-' ? process.cwd() : path.dirname(path.resolve(file));
	const specs = parseSpecs(text, file === '-' ? 'standard input' : file, yaml);
	return Promise.all(specs.map(spec => toPrompt(spec, folder)));
}

async function toPrompt(spec: Spec, folder: string): Promise<SpecPrompt> {
	const {place, text, textFile, name, negative, model, videoDir, inputs} = spec;
	const find = (file: string) => findFile(place, file, folder);
	const files = await Promise.all(
		inputs.map(async ({role, file}) => `${role}=${await find(file)}`),
	);
	const words = text ?? (await readText(`@${await find(requireTextFile(place, textFile ?? ''))}`));
	checkText(words, `${place}: the text`);
	checkText(negative ?? '', `${place}: the negative text`);
	const prompt: NewPrompt = {
		text: words,
		...(name !== undefined && {name}),
		...(negative !== undefined && {negative}),
		...(model !== undefined && {model}),
		...(videoDir !== undefined && {videoDir: await find(videoDir)}),
		...(files.length > 0 && {files}),
	};
	return {prompt, spec};
}

/** Any file that a spec from elsewhere names would be sent to the host. */
function requireTextFile(place: string, file: string): string {
	if (!/\.(?:txt|json|md)$/i.test(file)) {
		throw new CosmosError(
			'bad-input',
			`${place} takes its text from ${file}, which is no text file`,
			{
				hint: 'prompt_path has to end in .txt, .json or .md.',
			},
		);
	}

	return file;
}

/**
 * Where a file is that a spec names: below the folder of the spec, or below one above it, for the
 * programs count from their checkout. Windows writes its paths with backslashes.
 */
async function findFile(place: string, given: string, folder: string): Promise<string> {
	if (/^[a-z][a-z0-9+.-]+:\/\//i.test(given)) {
		throw new CosmosError('bad-input', `${place} names an address: ${given}`, {
			hint: 'Download the file, and name it there.',
		});
	}

	const plain = path.sep === '/' ? given.replaceAll('\\', '/') : given;
	if (/^[a-z]:\//i.test(plain) && path.sep === '/') {
		throw new CosmosError('bad-input', `${place} names a file on a drive of Windows: ${given}`, {
			hint: 'Copy it here, and write its path from the folder of this file.',
		});
	}

	for (let from = folder; ; from = path.dirname(from)) {
		const found = path.resolve(from, plain);
		const isThere = await access(found).then(
			() => true,
			() => false,
		);
		if (isThere) {
			return found;
		}

		if (from === path.dirname(from) || path.isAbsolute(plain)) {
			throw new CosmosError('bad-input', `${place} names ${given}, which is not there`, {
				hint: `Its paths count from ${folder}.`,
			});
		}
	}
}
