import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {expandHome} from '../../config/places.js';
import {dataKindOf, mediaKindOf} from '../../domain/inputs/media.js';
import {parseInput} from '../../domain/models/roles.js';

export type Completion = {
	/** The text with as much added as is certain. */
	completed: string;
	/** What it may still become, when there is more than one. */
	candidates: readonly string[];
};

/** Completes an input, which may have its role before it, to a folder, a video or an image. */
export async function completeInput(text: string): Promise<Completion> {
	const {file} = parseInput(text);
	const role = text.slice(0, text.length - file.length);
	const {completed, candidates} = await completePath(
		file,
		name => (mediaKindOf(name) ?? dataKindOf(name)) !== undefined,
	);
	return {completed: role + completed, candidates};
}

/** Completes `@FILE` to a folder or a text. */
export async function completeTextFile(text: string): Promise<Completion> {
	const isText = (name: string) => /\.(?:json|txt|md)$/i.test(name);
	const {completed, candidates} = await completePath(text.slice(1), isText);
	return {completed: `@${completed}`, candidates};
}

/** Completes the last part of a path, as a shell's Tab does: to folders, and to files of a kind. */
async function completePath(
	text: string,
	isWanted: (name: string) => boolean,
): Promise<Completion> {
	const slash = Math.max(text.lastIndexOf('/'), text.lastIndexOf(path.sep)) + 1;
	const given = text === '~' ? '~/' : text;
	const parent = given.slice(0, slash || (text === '~' ? 2 : 0));
	const beginning = given.slice(parent.length);
	const found = await namesIn(expandHome(parent) || '.', isWanted);
	const names = found.filter(
		name => name.startsWith(beginning) && (beginning !== '' || !name.startsWith('.')),
	);
	const [only] = names;
	if (names.length === 1 && only !== undefined) {
		return {completed: parent + only, candidates: []};
	}

	return {completed: names.length === 0 ? text : parent + commonStart(names), candidates: names};
}

/** Folders, which end in a slash, and the wanted files. */
async function namesIn(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
	try {
		const entries = await readdir(folder, {withFileTypes: true});
		return entries
			.flatMap(entry => {
				const {name} = entry;
				if (entry.isDirectory() || (entry.isSymbolicLink() && !isWanted(name))) {
					return [`${name}/`];
				}

				return isWanted(name) ? [name] : [];
			})
			.sort();
	} catch {
		// A folder that is not there completes to nothing; the form says what is wrong with it.
		return [];
	}
}

function commonStart(names: readonly string[]): string {
	const [first = '', ...others] = names;
	let length = first.length;
	for (const name of others) {
		while (!name.startsWith(first.slice(0, length))) {
			length--;
		}
	}

	return first.slice(0, length);
}
