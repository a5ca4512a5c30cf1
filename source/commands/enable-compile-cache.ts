import {mkdirSync} from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import {isOwnFolder} from '../config/own-place.js';
import {cacheFolder} from '../config/places.js';

/** Enables Node's compile cache for everything that is loaded from here on. */
export function enableCompileCache(env: NodeJS.ProcessEnv): void {
	const folder = compiledFolder(env);
	if (folder !== undefined) {
		module.enableCompileCache?.(folder);
	}
}

/**
 * The folder of compiled code; created if missing. Undefined if that fails, or if
 * somebody else could put code there: it runs as it is.
 */
export function compiledFolder(env: NodeJS.ProcessEnv): string | undefined {
	const folder = path.join(cacheFolder(env), 'compiled');
	// Step by step: a recursive mkdir of Node loops endlessly below a folder like /proc/nothing.
	for (const step of [path.dirname(path.dirname(folder)), path.dirname(folder), folder]) {
		try {
			mkdirSync(step, {mode: 0o700});
		} catch {
			// It is there, or there will be no cache.
		}
	}

	return isOwnFolder(folder) ? folder : undefined;
}
