import {createReadStream} from 'node:fs';
import {CosmosError, readProblem} from '../../domain/errors.js';
import {decodeText} from '../../domain/inputs/decode-text.js';
import {structureProblem} from '../../domain/prompts/structured-text.js';

type Bytes = AsyncIterable<Uint8Array | string>;

/** Where the text of `-` comes from. */
export type Input = {input: () => Bytes};

const mebibyte = 2 ** 20;
/** Bytes of one text; the models read some thousand characters at most. */
const longestText = mebibyte;
/** Bytes of a file of many texts. */
const longestFile = 64 * mebibyte;

/**
 * A text as a word gives it: itself, `@FILE`, or `-` for standard input where there is a context. A `.json` file has to hold
 * a structured prompt.
 * @throws CosmosError (usage) when the file cannot be read, or is no text
 */
export async function readText(given: string, context?: Input): Promise<string> {
	if (!(given === '-' && context) && !given.startsWith('@')) {
		return given;
	}

	const file = given === '-' ? '-' : given.slice(1);
	const hint = 'A text that begins with @ names a file.';
	const text = (await readTextFile(file, {hint, context, longest: longestText})).trimEnd();
	const problem = file.toLowerCase().endsWith('.json') ? structureProblem(text) : undefined;
	if (problem) {
		throw new CosmosError('bad-input', `${file} ${problem}`, {
			hint: 'A structured prompt is one JSON object; for a plain text name the file otherwise.',
		});
	}

	return text;
}

type Reading = {
	/** What to do when there is no such file. */
	hint: string;
	context?: Input;
	/** Bytes. */
	longest?: number;
};

/**
 * The whole of a file, or of standard input for `-`, whichever way it is encoded.
 * @throws CosmosError (usage) when it cannot be read, is too long, or is no text
 */
export async function readTextFile(
	file: string,
	{hint, context, longest = longestFile}: Reading,
): Promise<string> {
	const [name, source] =
		file === '-' && context
			? ['standard input', context.input()]
			: [file, createReadStream(file, {end: longest})];
	let bytes: Uint8Array;
	try {
		bytes = await readBytes(source, longest);
	} catch (error) {
		throw new CosmosError('bad-input', readProblem(error, name), {hint, cause: error});
	}

	if (bytes.length > longest) {
		throw new CosmosError('bad-input', `${name} is longer than ${longest / mebibyte} MiB`, {
			hint: 'It does not look like the text of a prompt. Is it the right file?',
		});
	}

	return decodeText(bytes, name);
}

/** Stops when there is more than `longest`. */
async function readBytes(source: Bytes, longest: number): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of source) {
		const bytes = Buffer.from(chunk as string);
		chunks.push(bytes);
		length += bytes.length;
		if (length > longest) {
			break;
		}
	}

	return Buffer.concat(chunks);
}
