import * as z from 'zod';
import {firstView, type ListView} from '../state/list-views.js';

const form = z.object({
	settings: z.record(z.string(), z.unknown()),
	host: z.string(),
	model: z.string().optional(),
	mode: z.string().optional(),
});

const view = z.object({
	columns: z.array(z.string()).optional(),
	sort: z.string(),
	reversed: z.boolean(),
	group: z.string().optional(),
});

/** What earlier versions called the orders of a list. */
const earlierSorts: Readonly<Record<string, string>> = {
	name: 'name',
	'most runs': 'runs',
	'best rated': 'stars',
	'running first': 'status',
	'going first': 'status',
	longest: 'took',
};

/** A file of an earlier version has `sorts` in place of `views`. */
function withViews(file: unknown): unknown {
	const {sorts, ...rest} = file as {sorts?: Record<string, string>};
	const viewOf = (list: string): ListView => ({
		...firstView,
		sort: earlierSorts[sorts?.[list] ?? ''] ?? firstView.sort,
	});
	return sorts === undefined
		? file
		: {...rest, views: {prompts: viewOf('prompts'), runs: viewOf('runs')}};
}

/** What the file holds; loaded only where there is one. */
const fileSchema = z.object({
	panel: z.enum(['prompts', 'runs']),
	views: z.object({prompts: view, runs: view}),
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

export const schema = z.preprocess(withViews, fileSchema);

export type KeptFile = z.infer<typeof fileSchema>;
