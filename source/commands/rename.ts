import type {Verb} from './verb.js';

export const rename: Verb = {
	name: 'rename',
	summary: 'rename a prompt',
	usage: 'PROMPT NAME',
	details: 'Runs keep the name the prompt had when they were launched.',
	args: [2, 2],
	completes: ['prompt', []],
	flags: [],
	examples: [['cosmos rename ps_6x0k city-rain', 'the prompt by the start of its id']],
	async run(context, words) {
		const [reference, name] = words.args as [string, string];
		const workflow = await context.workflow();
		const {id, name: before} = await workflow.findPrompt(reference);
		await workflow.renamePrompt(id, name);
		context.note(`${id}: ${before} is now ${name}\n`);
	},
};
