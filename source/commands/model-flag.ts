import {modelNames} from '../domain/models/families.js';
import {joinWithOr} from '../domain/text-format.js';
import type {Flag} from './verb.js';

/** `--model` with the families there are. */
export function modelFlag(help: string): Flag {
	return {
		key: 'model',
		kind: 'text',
		value: 'NAME',
		help: `family of models: ${joinWithOr(modelNames)} (${help})`,
		completes: modelNames,
	};
}

/** The family of a launch's transfers. */
export const launchModelFlag = modelFlag("default: the prompt's, then the host's");
