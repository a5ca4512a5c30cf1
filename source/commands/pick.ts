import {chooseWord} from './choose/choose-word.js';
import {findDocument} from './choose/find-any.js';
import type {Verb} from './verb.js';

const choices = {yes: true, no: false, clear: null} as const;
const words = Object.keys(choices) as Array<keyof typeof choices>;

export const pick: Verb = {
	name: 'pick',
	summary: 'pick or reject a prompt or a run',
	usage: 'ID [yes|no|clear]',
	details: 'yes picks (the default), no rejects, clear takes either back.',
	args: [1, 2],
	completes: ['any-id', words],
	flags: [],
	examples: [
		['cosmos pick latest', 'pick the newest run'],
		['cosmos pick run_7k2f no', 'reject one'],
	],
	async run(context, {args}) {
		const [reference = '', word = 'yes'] = args;
		const choice = choices[chooseWord(words, word, `cannot set a pick to "${word}"`)];
		const workflow = await context.workflow();
		const {id} = await findDocument(workflow, reference);
		await workflow.annotate(id, {pick: choice});
		context.note(
			`${id}: ${choice === null ? 'not picked or rejected' : choice ? 'picked' : 'rejected'}\n`,
		);
	},
};
