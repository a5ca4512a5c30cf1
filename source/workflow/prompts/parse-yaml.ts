import {LineCounter, parseDocument} from 'yaml';
import {CosmosError} from '../../domain/errors.js';

/**
 * Reads YAML 1.2, in which `no` is a text.
 * @throws CosmosError (bad-input) that names the line
 */
export function parseYaml(text: string, file: string): unknown {
	const lineCounter = new LineCounter();
	const document = parseDocument(text, {lineCounter, prettyErrors: false});
	const [wrong] = document.errors;
	const place = wrong ? `${file}:${lineCounter.linePos(wrong.pos[0]).line}` : file;
	try {
		if (wrong) {
			throw wrong;
		}

		// Throws where aliases would make it many times as large.
		return document.toJS();
	} catch (error) {
		throw new CosmosError('bad-input', `${place} is not valid YAML`, {
			hint: `${(error as Error).message}.`,
			cause: error,
		});
	}
}
