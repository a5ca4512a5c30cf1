import * as z from 'zod';
import {sortNames} from '../state/sorts.js';

const form = z.object({
	settings: z.record(z.string(), z.unknown()),
	host: z.string(),
	model: z.string().optional(),
	mode: z.string().optional(),
});

/** What the file holds; loaded only where there is one. */
export const schema = z.object({
	panel: z.enum(['prompts', 'runs']),
	sorts: z.object({
		prompts: z.enum(sortNames.prompts),
		// As version 0.1 called it.
		runs: z.preprocess(
			name => (name === 'going first' ? 'running first' : name),
			z.enum(sortNames.runs),
		),
	}),
	filters: z.object({prompts: z.string(), runs: z.string()}),
	touring: z.boolean().optional(),
	listWidth: z.int().min(1).optional(),
	mouse: z.boolean().optional(),
	lastForms: z.object({
		transfer: form.optional(),
		enhance: form.optional(),
		upscale: form.optional(),
		recipe: form.optional(),
	}),
});

export type KeptFile = z.infer<typeof schema>;
