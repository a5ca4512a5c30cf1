import {link, mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../domain/errors.js';
import {type HostEntry, parseConfig} from './config-file.js';

/** A change of a configuration file that only adds. */
export type ConfigAddition = {
	file: string;
	/** The file's content; undefined if there is none. */
	before: string | undefined;
	after: string;
};

/**
 * Plans to add a host to a configuration file. Its existing content is not changed.
 * @param isDefault sets it as the default host, if the file sets none
 * @throws CosmosError (configuration) when the file cannot be read, is wrong, or has such a host
 */
export async function planHost(
	file: string,
	name: string,
	entry: HostEntry,
	isDefault: boolean,
): Promise<ConfigAddition> {
	const before = await textOf(file);
	const known = await parseConfig(before ?? '', file);
	if (known.hosts && name in known.hosts) {
		throw new CosmosError('configuration', `${file} already has a host "${name}"`, {
			hint: 'Choose another name, or edit that file.',
		});
	}

	if (isDefault && known.default_host !== undefined) {
		throw new CosmosError(
			'configuration',
			`${file} already has the default host "${known.default_host}"`,
			{hint: 'Omit --default, or edit default_host in that file.'},
		);
	}

	// A top-level key comes before the first table.
	const head = isDefault ? `default_host = ${JSON.stringify(name)}\n\n` : '';
	const end = before === undefined || before === '' || before.endsWith('\n') ? '' : '\n';
	const part = before ? '\n' : '';
	const after = `${head}${before ?? ''}${end}${part}${tableOf(name, entry)}`;
	await parseConfig(after, file);
	return {file, before, after};
}

/** Calls a function with the planned file under a temporary name. */
export async function tryAddition<T>(
	{file, after}: ConfigAddition,
	look: (file: string) => Promise<T>,
): Promise<T> {
	const draft = `${file}.draft-${process.pid}`;
	try {
		await write(draft, after);
		return await look(draft);
	} finally {
		await rm(draft, {force: true});
	}
}

/**
 * Writes the planned file.
 * @throws CosmosError (configuration) when somebody has changed it meanwhile, (home) by the disk
 */
export async function writeAddition({file, before, after}: ConfigAddition): Promise<void> {
	if ((await textOf(file)) !== before) {
		throw changedMeanwhileError(file);
	}

	const draft = `${file}.new-${process.pid}`;
	try {
		await write(draft, after);
		if (before === undefined) {
			// Unlike a rename, it fails if the file has been created meanwhile.
			await link(draft, file);
		} else {
			await rename(draft, file);
		}
	} catch (error) {
		throw systemCode(error) === 'EEXIST' ? changedMeanwhileError(file) : cannotWrite(file, error);
	} finally {
		await rm(draft, {force: true});
	}
}

function tableOf(name: string, entry: HostEntry): string {
	const given = Object.entries(entry).filter(([, value]) => value !== undefined);
	const lineOf = ([key, value]: [string, unknown]) => `${key} = ${JSON.stringify(value)}`;
	const title = `hosts.${JSON.stringify(name).replaceAll('"', quoteFor(name))}`;
	const tables = [[`[${title}]`, ...given.filter(one => !isTable(one[1])).map(lineOf)]];
	// An engine's own table comes after the host's keys.
	for (const [engine, table] of given) {
		if (isTable(table)) {
			const own = Object.entries(table).filter(([, value]) => value !== undefined);
			tables.push([`[${title}.${engine}]`, ...own.map(lineOf)]);
		}
	}

	return `${tables.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A dot in a bare key would split it. */
function quoteFor(name: string): string {
	return /^[A-Za-z0-9_-]+$/.test(name) ? '' : '"';
}

async function textOf(file: string): Promise<string | undefined> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return undefined;
		}

		throw new CosmosError('configuration', `cannot read ${file}: ${messageOf(error)}`, {
			cause: error,
		});
	}
}

async function write(file: string, text: string): Promise<void> {
	try {
		await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
		await writeFile(file, text, {mode: 0o600, flag: 'wx'});
	} catch (error) {
		throw cannotWrite(file, error);
	}
}

function cannotWrite(file: string, error: unknown): CosmosError {
	return error instanceof CosmosError
		? error
		: new CosmosError('home', `cannot write ${file}: ${messageOf(error)}`, {
				hint: 'Name another file with --config.',
				cause: error,
			});
}

function changedMeanwhileError(file: string): CosmosError {
	return new CosmosError(
		'configuration',
		`${file} was changed by another program; nothing was written`,
		{
			hint: 'Try again.',
		},
	);
}
