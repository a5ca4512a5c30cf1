import {CosmosError} from '../domain/errors.js';
import {findDocument} from './choose/find-any.js';
import type {Verb} from './verb.js';

export const rate: Verb = {
	name: 'rate',
	summary: 'rate a prompt or a run with 1 to 5 stars',
	usage: 'ID 0..5',
	details: '0 clears the rating.',
	args: [2, 2],
	completes: ['any-id', ['0', '1', '2', '3', '4', '5']],
	flags: [],
	examples: [['cosmos rate latest 4', 'the newest run']],
	async run(context, words) {
		const [reference, stars] = words.args as [string, string];
		if (!/^[0-5]$/.test(stars)) {
			throw new CosmosError(
				'usage',
				`a rating must be a whole number from 0 to 5, not "${stars}"`,
				{
					hint: '0 clears the rating.',
				},
			);
		}

		const workflow = await context.workflow();
		const {id} = await findDocument(workflow, reference);
		await workflow.annotate(id, {rating: Number(stars)});
		context.note(stars === '0' ? `${id}: not rated\n` : `${id}: ${'★'.repeat(Number(stars))}\n`);
	},
};
