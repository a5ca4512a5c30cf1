import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** Files of others in the host's folders, which must not be changed. */
export type Strangers = {
	/** Their missing or changed files. */
	harm: () => string[];
	/** The names of the rest of a folder; none if it is missing. */
	others: (folder: string) => string[];
};

const text = 'not yours\n';

export function placeStrangers(checkout: string, locks: string): Strangers {
	const files = [
		path.join(checkout, 'README.md'),
		path.join(checkout, 'cosmos-runs', 'notes', 'mine.txt'),
		path.join(checkout, 'cosmos-inputs', 'mine.mp4'),
		path.join(locks, 'another-program'),
	];
	for (const file of files) {
		mkdirSync(path.dirname(file), {recursive: true});
		writeFileSync(file, text);
	}

	return {
		harm: () =>
			files.filter(file => !isAsItWas(file)).map(file => `somebody else's ${file} was touched`),
		others: folder =>
			namesIn(folder).filter(
				name => !files.some(file => `${file}/`.startsWith(`${path.join(folder, name)}/`)),
			),
	};
}

function isAsItWas(file: string): boolean {
	try {
		return readFileSync(file, 'utf8') === text;
	} catch {
		return false;
	}
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

/** Removes the content of a folder, except files of others. */
export function clearFolder(folder: string, {others}: Strangers): void {
	for (const name of others(folder)) {
		rmSync(path.join(folder, name), {recursive: true, force: true});
	}
}
