import {readText} from '../workflow/prompts/read-text.js';
import {findDocument} from './choose/find-any.js';
import type {Verb} from './verb.js';

export const note: Verb = {
	name: 'note',
	summary: 'write a note on a prompt or a run',
	usage: 'ID [TEXT]',
	details: `
TEXT is the note itself, @FILE, or - for standard input; it replaces the previous note, and an
empty one ("") removes it. Without TEXT the note is printed.`,
	args: [1, 2],
	completes: ['any-id', []],
	flags: [],
	examples: [
		['cosmos note latest "flicker at the left edge"', 'on the newest run'],
		['cosmos note ps_6x0k', 'print the note of a prompt'],
	],
	async run(context, words) {
		const [reference, given] = words.args as [string, string?];
		const workflow = await context.workflow();
		const found = await findDocument(workflow, reference);
		if (given === undefined) {
			context.out(found.note ? `${found.note}\n` : '');
			return;
		}

		const {note: now} = await workflow.annotate(found.id, {note: await readText(given, context)});
		context.note(`${found.id}: ${now ? 'note saved' : 'no note'}\n`);
	},
};
