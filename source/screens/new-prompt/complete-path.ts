import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {expandHome} from '../../config/places.js';

export type Completion = {
	/** The text with as much added as is certain. */
	completed: string;
	/** The folders it may still become, when there is more than one. */
	candidates: readonly string[];
};

/** Completes the last part of a path to a folder, as a shell's Tab does. */
export async function completeFolderPath(text: string): Promise<Completion> {
	const slash = Math.max(text.lastIndexOf('/'), text.lastIndexOf(path.sep)) + 1;
	const given = text === '~' ? '~/' : text;
	const parent = given.slice(0, slash || (text === '~' ? 2 : 0));
	const beginning = given.slice(parent.length);
	const found = await foldersIn(expandHome(parent) || '.');
	const names = found.filter(
		name => name.startsWith(beginning) && (beginning !== '' || !name.startsWith('.')),
	);
	if (names.length === 1) {
		return {completed: `${parent}${names[0]}/`, candidates: []};
	}

	return {completed: names.length === 0 ? text : parent + commonStart(names), candidates: names};
}

async function foldersIn(folder: string): Promise<string[]> {
	try {
		const entries = await readdir(folder, {withFileTypes: true});
		return entries
			.filter(entry => entry.isDirectory() || entry.isSymbolicLink())
			.map(({name}) => name)
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
