/** What the enhancer is asked to do: the spec of its job, with a prompt or several. */
import * as z from 'zod';

const promptSchema = z.object({
	id: z.string(),
	is_image: z.boolean(),
	instructions: z.string(),
	text: z.string(),
	/** A file that the model is shown. */
	image: z.string().optional(),
	/** Seconds for all tries together. */
	time_limit: z.number(),
	/** Where the answer to this one is written, besides the file of all. */
	result: z.string().optional(),
});

const requestSchema = z.object({
	url: z.string(),
	model: z.string(),
	/** The environment variable with the key. */
	key_env: z.string().optional(),
	/** Seconds for one answer. */
	answer_limit: z.number(),
	prompts: z.array(promptSchema),
});

export type PromptRequest = z.infer<typeof promptSchema>;
export type EnhancerRequest = z.infer<typeof requestSchema>;

export function parseRequest(text: string): EnhancerRequest {
	return requestSchema.parse(JSON.parse(text));
}
