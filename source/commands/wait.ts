import {exitCodes} from '../domain/error-codes.js';
import {statusSigns} from '../domain/text-format.js';
import type {ShownRun} from '../domain/types.js';
import {exitCodeOf} from './launch-runs.js';
import {jsonText} from './print/json.js';
import {jsonFlag, type Verb} from './verb.js';

export const wait: Verb = {
	name: 'wait',
	summary: 'wait until runs have ended, whichever process works on them',
	usage: 'RUN… [flags]',
	details: `
Prints each run and how it ended, in the order in which they end. The exit code is the worst of
them, as with \`cosmos inference\`: 0 completed, 1 failed, uncollected or interrupted, 130
cancelled. Ctrl-C stops waiting, not the run.`,
	endsWithReader: true,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['run'],
	flags: [jsonFlag],
	examples: [
		['cosmos wait latest && cosmos open latest', 'the video as soon as it is there'],
		['cosmos wait run_6x0k run_6x0m', 'two runs'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const ids = new Set<string>();
		for (const reference of words.args) {
			ids.add((await workflow.findRun(reference)).run.id);
		}

		const ended: ShownRun[] = [];
		await Promise.all(
			[...ids].map(async id => {
				const found = await workflow.waitForRun(id, context.signal);
				ended.push(found);
				if (!words.on('json')) {
					context.out(`${id}\t${statusSigns[found.shown]} ${found.shown}\n`);
				}

				if (found.shown === 'interrupted') {
					context.problem(`cosmos: the process that worked on ${id} has died\n`);
					context.problem(`  Resume it with \`cosmos recover ${id}\`.\n`);
				}
			}),
		);
		if (words.on('json')) {
			const records = ended.map(({run, shown}) => ({...run, shown}));
			context.out(jsonText('run', records));
		}

		return Math.max(...ended.map(codeOf));
	},
};

function codeOf({run, shown}: ShownRun): number {
	return shown === 'interrupted' ? exitCodes.run : exitCodeOf(run);
}
