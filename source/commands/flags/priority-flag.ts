import {CosmosError} from '../../domain/errors.js';
import {type Priority, priorities} from '../../domain/types.js';
import type {Flag} from '../verb.js';

export const priorityFlag: Flag = {
	key: 'priority',
	kind: 'text',
	value: priorities.join('|'),
	help: 'which jobs start first (default normal)',
	completes: priorities,
};

/** @throws CosmosError (usage) for another word */
export function toPriority(word: string): Priority {
	const found = priorities.find(one => one === word);
	if (found === undefined) {
		throw new CosmosError('usage', `"${word}" is not a priority`, {
			hint: `Expected one of: ${priorities.join(', ')}.`,
		});
	}

	return found;
}
