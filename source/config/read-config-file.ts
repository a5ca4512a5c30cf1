import {readFile} from 'node:fs/promises';
import {CosmosError, readProblem, systemCode} from '../domain/errors.js';
import type {EngineKinds} from '../executor/engine/engine-kind.js';
import type {ConfigFile} from './config-file.js';

/**
 * One file of the configuration; undefined if there is none and none is required.
 * @throws CosmosError (configuration) that names the file, the line and what is wrong there
 */
export async function readConfigFile(
	file: string,
	mustExist: boolean,
	kinds?: EngineKinds,
): Promise<{file: string; content: ConfigFile} | undefined> {
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		if (!mustExist && systemCode(error) === 'ENOENT') {
			return undefined;
		}

		throw new CosmosError('configuration', readProblem(error, file), {
			hint: 'Give the path of a TOML file.',
			cause: error,
		});
	}

	// Where there is no file, nothing that reads one is loaded.
	const {parseConfig} = await import('./config-file.js');
	return {file, content: await parseConfig(text, file, kinds)};
}
