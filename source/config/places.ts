import {homedir} from 'node:os';
import path from 'node:path';

/** The paths of this program's files, without reading any of them: shells ask for it at every Tab. */

export type Place = {path: string; from: string};

/** The data folder: `--data`, `COSMOS_DATA`, or the user's own. */
export function dataPlace(env: NodeJS.ProcessEnv, cwd: string, given?: string): Place {
	const home = absolute(env.XDG_DATA_HOME, env.LOCALAPPDATA) ?? ownFolder('.local', 'share');
	const [value, from] = given
		? [given, '--data']
		: env.COSMOS_DATA
			? [env.COSMOS_DATA, 'COSMOS_DATA']
			: [path.join(home, 'cosmos'), 'default'];
	return {path: path.resolve(cwd, expandHome(value)), from};
}

/** The configuration file that the user has named, if any. */
export function namedConfig(
	env: NodeJS.ProcessEnv,
	cwd: string,
	given?: string,
): string | undefined {
	const named = given ?? env.COSMOS_CONFIG;
	return named ? path.resolve(cwd, expandHome(named)) : undefined;
}

/** The user's own configuration file. */
export function userConfig(env: NodeJS.ProcessEnv): string {
	const folder = absolute(env.XDG_CONFIG_HOME, env.APPDATA) ?? ownFolder('.config');
	return path.join(folder, 'cosmos', 'config.toml');
}

/** The project's file. */
export function projectConfig(cwd: string): string {
	return path.join(cwd, 'cosmos.toml');
}

export function expandHome(file: string): string {
	return /^~(?=$|[/\\])/.test(file) ? path.join(homedir(), file.slice(1)) : file;
}

/** The folder for files that can be recreated: $XDG_CACHE_HOME/cosmos, or the same as the system has it. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
	const folder = absolute(env.XDG_CACHE_HOME, env.LOCALAPPDATA) ?? ownFolder('.cache');
	return path.join(folder, 'cosmos');
}

/**
 * The first absolute path. An empty or relative one is ignored, according to the XDG specification: it
 * would be in the current folder, which may be somebody else's repository.
 */
function absolute(...folders: ReadonlyArray<string | undefined>): string | undefined {
	return folders.find(folder => folder !== undefined && path.isAbsolute(folder));
}

function ownFolder(...parts: readonly string[]): string {
	return path.join(homedir(), ...parts);
}
