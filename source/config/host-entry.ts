import {CosmosError} from '../domain/errors.js';
import type {EngineHost, EngineKinds} from '../executor/engine/engine-kind.js';
import {findEngine} from '../executor/engine/engines.js';
import type {HostEntry} from './config-file.js';

type Table = Readonly<Record<string, unknown>>;

/** A host from two files: the later one overrides the earlier, key by key, also in the tables of engines. */
export function mergeEntries(earlier: HostEntry = {}, later: HostEntry): HostEntry {
	const tables = Object.entries(later).flatMap(([key, value]) => {
		const before = earlier[key];
		return isTable(value) && isTable(before) ? [[key, {...before, ...value}] as const] : [];
	});
	return {...earlier, ...later, ...Object.fromEntries(tables)};
}

/** A host's keys and values; those of an engine's table as `ENGINE.KEY`. */
export function wordsOf(entry: HostEntry): Array<[string, unknown]> {
	return Object.entries(entry).flatMap(([key, value]) =>
		isTable(value)
			? Object.entries(value).map(([inner, one]): [string, unknown] => [`${key}.${inner}`, one])
			: [[key, value] as [string, unknown]],
	);
}

/**
 * The host's keys, checked by the engine that it uses.
 * @throws CosmosError (configuration) when the keys contradict each other
 */
export async function completeEngine(
	{name, engine, file}: {name: string; engine: string; file: string},
	entry: HostEntry,
	kinds: EngineKinds,
): Promise<EngineHost> {
	const other = Object.keys(kinds).find(kind => kind !== engine && isTable(entry[kind]));
	if (other !== undefined) {
		throw new CosmosError(
			'configuration',
			`${file}: [hosts.${name}.${other}] without engine = "${other}"`,
			{hint: `Add engine = "${other}" to [hosts.${name}], or remove that table.`},
		);
	}

	const {complete} = await findEngine(kinds, engine).config();
	return complete({name, file, gpus: entry.gpus, table: entry[engine]});
}

function isTable(value: unknown): value is Table {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
