/** `[recipes.NAME.settings.SETTING]`: a setting of a recipe's own. */
import * as z from 'zod';
import {problemWith} from '../domain/setting-problem.js';
import type {RecipeSetting} from '../domain/types.js';

const common = {help: z.string().trim().max(200).default(''), label: z.string().optional()};
const number = {
	...common,
	...{default: z.number(), min: z.number(), max: z.number(), step: z.number().optional()},
};

/** What its table may hold. */
export const settingSchema = z
	.discriminatedUnion('kind', [
		z.strictObject({...number, kind: z.literal('integer')}),
		z.strictObject({...number, kind: z.literal('number')}),
		z.strictObject({
			...{...common, kind: z.literal('choice'), default: z.string()},
			choices: z.array(z.string().min(1)).min(1),
		}),
		z.strictObject({
			...{...common, kind: z.literal('switch'), default: z.boolean()},
			...{on: z.string().optional(), off: z.string().optional()},
		}),
		z.strictObject({...common, kind: z.literal('text'), default: z.string().default('')}),
	])
	.superRefine((given, context) => {
		const problem = problemWith(settingRow('', given), given.default);
		if (problem !== undefined) {
			context.addIssue({code: 'custom', path: ['default'], message: problem});
		}
	});

/** Steps that the keys of a form take from one end of a range of numbers to the other. */
const usualSteps = 20;

/** A recipe's setting as a row of a table, like those of the models. */
export function settingRow(
	key: string,
	{label, ...given}: z.infer<typeof settingSchema>,
): RecipeSetting {
	const row = {
		...{key, label: label ?? key.replaceAll('_', ' ')},
		...({main: true, scope: 'sample'} as const),
	};
	switch (given.kind) {
		case 'integer':
			return {...row, ...given, step: given.step ?? 1};
		case 'number':
			return {...row, ...given, step: given.step ?? ((given.max - given.min) / usualSteps || 1)};
		default:
			return {...row, ...given};
	}
}
