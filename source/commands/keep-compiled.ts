import module from 'node:module';
import path from 'node:path';
import {cacheFolder} from '../config/places.js';

/** What is loaded from here on is compiled once, and kept for later starts where Node can do that. */
export function keepCompiled(env: NodeJS.ProcessEnv): void {
	module.enableCompileCache?.(path.join(cacheFolder(env), 'compiled'));
}
