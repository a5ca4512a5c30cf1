import {modelNames} from '../../domain/models/families.js';
import {families} from '../../domain/models/family-list.js';
import {joinWithOr} from '../../domain/text-format.js';
import {type Flag, textFlag} from '../verb.js';

/** `--model` with the families there are. */
export function modelFlag(help: string): Flag {
	return textFlag('model', 'NAME', `family of models: ${joinWithOr(modelNames)} (${help})`, {
		completes: modelNames,
	});
}

/** The family of a launch's transfers. */
export const launchModelFlag = modelFlag("default: the prompt's, then the host's");

const modeNames = [
	...new Set(families.flatMap(({modes}) => (modes.length > 1 ? modes.map(({name}) => name) : []))),
];

/** `--mode`, where a family can do several things. */
export const modeFlags: readonly Flag[] =
	modeNames.length === 0
		? []
		: [
				textFlag(
					'mode',
					'NAME',
					`what the model does: ${joinWithOr(modeNames)} (default: what the inputs are for)`,
					{completes: modeNames},
				),
			];
