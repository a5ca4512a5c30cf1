/** Settings with several values: each launch becomes one for each point of a sweep. */

import {CosmosError} from '../../domain/errors.js';
import {flagName, type Setting} from '../../domain/settings/settings.js';
import {numbersIn, wordsIn} from '../../domain/sweep/axis-values.js';
import type {Axis, SweepShape} from '../../domain/sweep/combine.js';
import {expandRequest, nameSweep} from '../../domain/sweep/expand.js';
import {counted} from '../../domain/text-format.js';
import {newSweepId} from '../../workflow/launch/sweep-id.js';
import type {LaunchRequest} from '../../workflow/workflow-types.js';
import {type CommandContext, type Flag, switchFlag, textFlag, type Words} from '../verb.js';
import type {LaunchKind} from './launch-kind.js';

export const sweepFlags: readonly Flag[] = [
	switchFlag('zip', 'in a sweep: the first values of all settings, then the second ones …'),
	textFlag('sample', 'N', 'in a sweep: only N of the combinations, chosen at random'),
];

export const sweepDetails = `
A setting with several values makes a sweep, a run for each combination: --seed 1..8, --guidance 3,5,7 or
--edge 0:1:0.25 (from, to, step). So does a prompt whose text has alternatives in braces: "a street in
{rain|snow|fog}". \`cosmos list sweeps\` lists sweeps, and --where sweep:ID finds their runs.`;

/**
 * The requests of a call, as many times as its settings and texts have combinations.
 * @throws CosmosError (usage) for values that are none, and axes that do not fit each other
 */
export async function sweepRequests(
	kind: Pick<LaunchKind, 'rows' | 'requests'>,
	context: Pick<CommandContext, 'workflow' | 'note'>,
	words: Words,
): Promise<LaunchRequest[]> {
	const workflow = await context.workflow();
	const settingAxes = axesIn(kind.rows(workflow, words), words);
	const plain = withoutAxes(words, settingAxes);
	const shape = shapeIn(words);
	const requests = await kind.requests(workflow, plain);
	const id = newSweepId();
	const expanded = requests.flatMap(request => expandRequest(request, settingAxes, shape));
	const all = nameSweep(expanded, id);
	if (all.some(({sweep}) => sweep)) {
		context.note(`sweep ${id}: ${counted(all.length, 'run')}\n`);
	} else if (shape.zip || shape.sample !== undefined) {
		throw new CosmosError(
			'usage',
			`${shape.zip ? '--zip' : '--sample'} needs a setting with several values`,
			{hint: 'For example --seed 1..8 --guidance 3,5,7.'},
		);
	}

	return all;
}

/** The words of a call without the settings that are swept. */
export function withoutAxes(words: Words, axes: readonly Axis[]): Words {
	const swept = new Set(axes.map(({name}) => name));
	return {...words, text: key => (swept.has(key) ? undefined : words.text(key))};
}

export function shapeIn(words: Words): SweepShape {
	return {zip: words.on('zip'), sample: words.whole('sample', 1)};
}

/** The settings of a call that have several values. */
export function axesIn(rows: readonly Setting[], words: Words): Axis[] {
	const axes = new Map<string, Axis>();
	for (const {key, kind} of rows) {
		const text = words.text(key);
		if (text !== undefined && kind !== 'text' && kind !== 'switch' && isList(text, kind)) {
			const values = kind === 'choice' ? wordsIn(text) : numbersIn(flagName(key), text);
			axes.set(key, {name: key, values});
		}
	}

	return [...axes.values()];
}

/** A setting that a family has as a word and another one as a number is one value as long as it has no comma. */
function isList(text: string, kind: Setting['kind']): boolean {
	return kind === 'choice' ? text.includes(',') : /,|\.\.|:/.test(text);
}
