import {mkdirSync} from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import {isOwnFolder} from '../config/own-place.js';
import {cacheFolder} from '../config/places.js';

/** What is loaded from here on is compiled once, and kept for later starts where Node can do that. */
export function enableCompileCache(env: NodeJS.ProcessEnv): void {
	const folder = compiledFolder(env);
	if (folder !== undefined) {
		module.enableCompileCache?.(folder);
	}
}

/**
 * Where compiled code is kept; made where it is not there. Undefined where it cannot be, and where
 * somebody else could put code there: it runs as it is.
 */
export function compiledFolder(env: NodeJS.ProcessEnv): string | undefined {
	const folder = path.join(cacheFolder(env), 'compiled');
	// Step by step: asked for all at once, Node goes round for ever below a folder like /proc/nothing.
	for (const step of [path.dirname(path.dirname(folder)), path.dirname(folder), folder]) {
		try {
			mkdirSync(step, {mode: 0o700});
		} catch {
			// It is there, or there will be no cache.
		}
	}

	return isOwnFolder(folder) ? folder : undefined;
}
