import type {ConfigFile} from './config-file.js';

/** A value and where it came from, for `cosmos config`. */
export type Sourced = {key: string; value: string; from: string};

/** The files that count, the later ones over the earlier. */
export type ConfigFiles = ReadonlyArray<{file: string; content: ConfigFile}>;

/** The keys of one table, each from the last file that sets it. */
export function mergeTable<K extends 'colors' | 'keys' | 'notify'>(
	table: K,
	files: ConfigFiles,
	sources: Sourced[],
): NonNullable<ConfigFile[K]> {
	const found: NonNullable<ConfigFile[K]> = {};
	for (const {file, content} of files) {
		Object.assign(found, content[table]);
		sources.push(...sourcesOf(table, content[table] ?? {}, file));
	}

	return found;
}

/** The tables of one kind by their names, each as a whole from the last file that has it. */
export function mergeNamed<K extends 'recipes' | 'commands'>(
	kind: K,
	files: ConfigFiles,
	sources: Sourced[],
): Array<[name: string, entry: NonNullable<ConfigFile[K]>[string]]> {
	type Entry = NonNullable<ConfigFile[K]>[string];
	const found = new Map<string, {entry: Entry; file: string}>();
	for (const {file, content} of files) {
		for (const [name, entry] of Object.entries(content[kind] ?? {})) {
			found.set(name, {entry: entry as Entry, file});
		}
	}

	return [...found].map(([name, {entry, file}]) => {
		sources.push(...sourcesOf(`${kind}.${name}`, entry, file));
		return [name, entry];
	});
}

function sourcesOf(place: string, table: object, from: string): Sourced[] {
	return Object.entries(table).map(([key, value]) => ({
		key: `${place}.${key}`,
		value: JSON.stringify(value),
		from,
	}));
}
