/** `[recipes.NAME.settings.SETTING]`: a setting of a recipe's own. */
import * as z from 'zod';
import {problemWith} from '../domain/settings/setting-problem.js';
import {settingRow} from './setting-row.js';

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
