import {type Priority, priorities} from '../../domain/types.js';
import {chooseWord} from '../choose/choose-word.js';
import {textFlag} from '../verb.js';

export const priorityFlag = textFlag(
	'priority',
	priorities.join('|'),
	'which jobs start first (default normal)',
	{completes: priorities},
);

/** @throws CosmosError (usage) for another word */
export function toPriority(word: string): Priority {
	return chooseWord(priorities, word, `"${word}" is not a priority`);
}
