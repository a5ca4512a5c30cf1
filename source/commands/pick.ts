import {CosmosError} from '../domain/errors.js';
import {findDocument} from './choose/find-any.js';
import type {Verb} from './verb.js';

const words = {yes: true, no: false, clear: null} as const;

export const pick: Verb = {
	name: 'pick',
	summary: 'pick or reject a prompt or a run',
	usage: 'ID [yes|no|clear]',
	details: 'yes picks (the default), no rejects, clear takes either back.',
	args: [1, 2],
	completes: ['any-id', Object.keys(words)],
	flags: [],
	examples: [
		['cosmos pick latest', 'pick the newest run'],
		['cosmos pick run_7k2f no', 'reject one'],
	],
	async run(context, {args}) {
		const [reference = '', word = 'yes'] = args;
		if (!Object.hasOwn(words, word)) {
			throw new CosmosError('usage', `cannot set a pick to "${word}"`, {
				hint: `Expected one of: ${Object.keys(words).join(', ')}.`,
			});
		}

		const workflow = await context.workflow();
		const {id} = await findDocument(workflow, reference);
		const choice = words[word as keyof typeof words];
		await workflow.annotate(id, {pick: choice});
		context.note(
			`${id}: ${choice === null ? 'not picked or rejected' : choice ? 'picked' : 'rejected'}\n`,
		);
		return 0;
	},
};
