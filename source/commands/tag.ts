import {findDocument} from './choose/find-any.js';
import type {Verb} from './verb.js';

export const tag: Verb = {
	name: 'tag',
	summary: 'add tags to a prompt or a run, or remove them',
	usage: 'ID [+TAG…] [-TAG…]',
	details: `
+TAG (or TAG) adds a tag, -TAG removes it. Without a tag: prints the tags, one per line. Tags are compared
without regard to case. -h and -q are still flags.`,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['any-id', []],
	takesSigned: true,
	flags: [],
	examples: [
		['cosmos tag latest +favourite +night', 'add two'],
		['cosmos tag latest +rain -night', 'add one, remove one'],
		['cosmos tag ps_6x0k', 'the tags of a prompt'],
	],
	async run(context, words) {
		// The tags may also come first.
		const hasSign = (word: string) => Number(/^[+-]/.test(word));
		const args = words.args.toSorted((one, two) => hasSign(one) - hasSign(two));
		const [reference, ...tags] = args as [string, ...string[]];
		const workflow = await context.workflow();
		const found = await findDocument(workflow, reference);
		const changed =
			tags.length === 0
				? found
				: await workflow.annotate(found.id, {
						addTags: tags.filter(word => !word.startsWith('-')).map(unsigned),
						removeTags: tags.filter(word => word.startsWith('-')).map(unsigned),
					});
		const lines = (changed.tags ?? []).map(one => `${one}\n`).join('');
		if (tags.length === 0) {
			context.out(lines);
		} else {
			context.note(`${found.id}: ${(changed.tags ?? []).join(' ') || 'no tags'}\n`);
		}
	},
};

function unsigned(word: string): string {
	return word.replace(/^[+-]/, '');
}
