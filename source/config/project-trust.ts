import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {mkdir, open, readFile, realpath, rename, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, readProblem, systemCode} from '../domain/errors.js';
import type {EngineKinds} from '../executor/engine/engine-kind.js';
import type {ConfigFile} from './config-file.js';
import {foreignProblem} from './own-place.js';
import {projectConfig, userConfig} from './places.js';

/** What a project's file may set before the user trusts it. */
export const untrustedMay = {
	default_host: 'name own host',
	open: 'nothing',
	notice: 'set',
	notice_when: 'set',
	theme: 'set',
	colors: 'set',
	pictures: 'set',
	mouse: 'set',
	keys: 'set',
	hosts: 'nothing',
	recipes: 'nothing',
	commands: 'nothing',
	enhancer: 'nothing',
	notify: 'nothing',
	measures: 'nothing',
} as const satisfies Record<keyof ConfigFile, 'set' | 'name own host' | 'nothing'>;

/**
 * The project's file: its text, and the place and hash that trust goes by. The place is in the folder that it counts
 * for, also where it is a link: its words may name programs of that folder.
 */
export type ProjectText = {file: string; place: string; hash: string; text: string};

/** The same with what it says. */
export type ProjectFile = ProjectText & {content: ConfigFile};

/** Content that others may have written, and that is not trusted yet. */
export type Withheld = {file: string; keys: string[]};

const mostBytes = 1024 * 1024;

/**
 * The `cosmos.toml` of a folder; undefined where there is none.
 * @throws CosmosError (configuration) for one that another user could have put there
 */
export async function readProject(
	cwd: string,
	kinds?: EngineKinds,
): Promise<ProjectFile | undefined> {
	const project = await readProjectText(cwd);
	if (!project) {
		return undefined;
	}

	const {parseConfig} = await import('./config-file.js');
	return {...project, content: await parseConfig(project.text, project.file, kinds)};
}

/**
 * Its text alone, which is not looked at.
 * @throws CosmosError (configuration) as above
 */
export async function readProjectText(cwd: string): Promise<ProjectText | undefined> {
	const file = projectConfig(cwd);
	try {
		const place = await trustPlace(cwd);
		const text = await readOwn(file);
		return {file, place, hash: hashOf(text), text};
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return undefined;
		}

		throw error instanceof CosmosError
			? error
			: new CosmosError('configuration', readProblem(error, file), {cause: error});
	}
}

/** The place of a folder's file in the list of trusted files. */
export async function trustPlace(folder: string): Promise<string> {
	return projectConfig(await realpath(folder));
}

function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

/** The checked file is the one that is read: both use one descriptor. A FIFO does not block it. */
async function readOwn(file: string): Promise<string> {
	const place = await realpath(file);
	const folder = await stat(path.dirname(place));
	const handle = await open(place, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	try {
		const rights = await handle.stat();
		const problem =
			(rights.isFile() ? undefined : 'is no regular file') ??
			(rights.size > mostBytes ? 'is larger than 1 MiB' : undefined) ??
			foreignProblem(rights) ??
			((folder.mode & 0o1002) === 0o002
				? 'is in a folder where everyone can replace it'
				: undefined);
		if (problem) {
			throw new CosmosError('untrusted-project', `${file} ${problem}; it is not read`, {
				hint: 'Make it a file that only you can write, remove it, or call cosmos in another folder.',
			});
		}

		return await handle.readFile('utf8');
	} finally {
		await handle.close();
	}
}

/** Whether the user trusts exactly this content at this path. */
export async function isTrusted(
	project: Pick<ProjectText, 'file' | 'place' | 'hash'>,
	env: NodeJS.ProcessEnv,
	givenHash?: string,
): Promise<boolean> {
	if (givenHash !== undefined) {
		if (givenHash.toLowerCase() !== project.hash) {
			throw new CosmosError(
				'untrusted-project',
				`--trust-project: ${project.file} has another hash: ${project.hash}`,
				{hint: 'Look at what has changed in it before you give this hash.'},
			);
		}

		return true;
	}

	return (await readTrusted(env))[project.place] === project.hash;
}

/** The part of an untrusted file that applies, and the keys of the rest. */
export function splitUntrusted(
	content: ConfigFile,
	ownHosts: readonly string[],
): {content: ConfigFile; keys: string[]} {
	const keys: string[] = [];
	const kept = Object.entries(content).filter(([key, value]) => {
		const may = untrustedMay[key as keyof ConfigFile];
		if (may === 'set' || (may === 'name own host' && ownHosts.includes(value as string))) {
			return true;
		}

		const hasNames = key !== 'enhancer' && value !== null && typeof value === 'object';
		const names = hasNames ? Object.keys(value) : [];
		keys.push(...(names.length > 0 ? names.map(name => `${key}.${name}`) : [key]));
		return false;
	});
	return {content: Object.fromEntries(kept), keys};
}

/** Keys that the line below names. */
const mostNamed = 8;

/** One line about what is ignored. */
export function formatWithheld({file, keys}: Withheld): string {
	const more = keys.length - mostNamed;
	const named = keys.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
	return `${file} is not trusted: ignoring ${named}. Run \`cosmos trust\` to review and allow it.`;
}

/**
 * The trusted files: their real places, and the hash of each.
 * @throws CosmosError (configuration) when the list cannot be read
 */
export async function readTrusted(env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
	const list = trustList(env);
	try {
		const given: unknown = JSON.parse(await readFile(list, 'utf8'));
		return Object.fromEntries(Object.entries(given as object));
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return {};
		}

		throw new CosmosError('configuration', `cannot read ${list}, the list of trusted files`, {
			hint: 'Remove it; every project is then asked about again.',
			cause: error,
		});
	}
}

export type TrustedFile = {
	/** Its real place. */
	file: string;
	/** Whether it still has the content that was trusted. */
	state: 'trusted' | 'changed' | 'refused' | 'gone';
	/** SHA-256 of the content that was trusted. */
	hash: string;
};

/** Every file that was ever trusted, and whether it still is. */
export async function listTrusted(env: NodeJS.ProcessEnv): Promise<TrustedFile[]> {
	const all = Object.entries(await readTrusted(env)).sort(([a], [b]) => (a < b ? -1 : 1));
	return Promise.all(
		all.map(async ([file, hash]) => ({file, state: await stateOf(file, hash), hash})),
	);
}

async function stateOf(file: string, hash: string): Promise<TrustedFile['state']> {
	try {
		return hashOf(await readOwn(file)) === hash ? 'trusted' : 'changed';
	} catch (error) {
		return systemCode(error) === 'ENOENT' ? 'gone' : 'refused';
	}
}

/** Adds a file to the list, or without a hash removes it. */
export async function writeTrust(
	env: NodeJS.ProcessEnv,
	place: string,
	hash: string | undefined,
): Promise<void> {
	const {[place]: _before, ...others} = await readTrusted(env);
	const list = trustList(env);
	const draft = `${list}.new-${process.pid}`;
	const all = hash === undefined ? others : {...others, [place]: hash};
	try {
		await mkdir(path.dirname(list), {recursive: true, mode: 0o700});
		await writeFile(draft, `${JSON.stringify(all, undefined, 2)}\n`, {mode: 0o600, flag: 'wx'});
		await rename(draft, list);
	} catch (error) {
		throw new CosmosError('home', `cannot write ${list}`, {cause: error});
	} finally {
		await rm(draft, {force: true});
	}
}

function trustList(env: NodeJS.ProcessEnv): string {
	return path.join(path.dirname(userConfig(env)), 'trusted.json');
}
