import * as z from 'zod';
import type {Provenance} from '../domain/runs/provenance.js';

export const provenance = z.looseObject({
	cosmos: z.looseObject({version: z.string(), commit: z.string().optional()}),
	engine: z.string().optional(),
	image: z
		.looseObject({
			name: z.string(),
			digest: z.string().optional(),
			id: z.string().optional(),
		})
		.optional(),
	checkout: z.looseObject({commit: z.string(), clean: z.boolean()}).optional(),
	checkpoints: z.array(z.looseObject({name: z.string(), revision: z.string()})).optional(),
	gpus: z.array(z.string()).optional(),
	driver: z.string().optional(),
	cuda: z.string().optional(),
} satisfies {[K in keyof Provenance]-?: z.ZodType});
