import type {Verb} from './verb.js';

export const restore: Verb = {
	name: 'restore',
	summary: 'restore deleted prompts, runs or outputs from the trash',
	usage: 'ID… [flags]',
	details: `
ID is the id of a deleted prompt or run, or of a run whose outputs were deleted; \`cosmos list trash\` lists
them. Everything is restored as it was. A run and its prompt are restored together.`,
	args: [1, Number.POSITIVE_INFINITY],
	flags: [],
	examples: [['cosmos restore run_6x0k', 'the run, with its log and outputs']],
	async run(context, words) {
		const workflow = await context.workflow();
		for (const entry of await workflow.restore(words.args)) {
			const what = entry.kind === 'outputs' ? `the outputs of ${entry.id}` : entry.id;
			context.note(`restored ${what}\n`);
		}
	},
};
