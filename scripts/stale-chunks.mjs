import {readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';

/**
 * Removes the chunks in `dist/` that nothing needs any more. A dashboard that is open loads parts of itself later, by
 * names that only its own build has: those of the last build stay until the next one.
 * @param {string} dist
 */
export async function removeStaleChunks(dist) {
	const kept = await lastOutputs(dist);
	const folder = path.join(dist, 'chunks');
	for (const name of await readdir(folder).catch(() => [])) {
		if (!kept.includes(name)) {
			await rm(path.join(folder, name), {recursive: true});
		}
	}
}

/** @param {string} dist */
async function lastOutputs(dist) {
	try {
		const {outputs} = JSON.parse(await readFile(path.join(dist, 'metafile.json'), 'utf8'));
		return Object.keys(outputs).map(name => path.basename(name));
	} catch {
		return [];
	}
}
