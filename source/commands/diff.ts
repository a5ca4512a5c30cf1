import {CosmosError} from '../domain/errors.js';
import type {DifferingRow} from '../domain/runs/run-difference.js';
import type {Run} from '../domain/types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {jsonText} from './print/json.js';
import {jsonFlag, type Verb} from './verb.js';

export const diff: Verb = {
	name: 'diff',
	summary: 'show what differs between two runs',
	usage: 'RUN [OTHER] [flags]',
	details: `
Settings, the text by words, inputs and outputs by their hashes, what made them, and the results. A line has
the value of RUN, then that of OTHER. With RUN alone it is compared with the run of the same prompt
before it. \`cosmos compare\` has more than two in a table, and makes videos of them.`,
	endsWithReader: true,
	args: [1, 2],
	completes: ['run', 'run'],
	flags: [jsonFlag],
	examples: [
		['cosmos diff run_7k2f run_7k2a', 'what another run has changed'],
		['cosmos diff latest', 'what the newest run has changed of the one before'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const [before, after] = await findPair(workflow, words.args);
		const {compareRuns, compareTexts} = await import('../domain/runs/run-difference.js');
		const rows = compareRuns([before, after]);
		if (words.on('json')) {
			const texts = rows.map(row => ({
				...row,
				...(row.group === 'text' && {
					changes: compareTexts(row.values[0] ?? '', row.values[1] ?? ''),
				}),
			}));
			context.out(jsonText('comparison', {runs: [before.id, after.id], rows: texts}));
			return;
		}

		context.out(`${before.id} → ${after.id}\n`);
		context.out(rows.length === 0 ? 'nothing differs\n' : await linesOf(rows));
	},
};

/** The older of one run and the one before it comes first. */
async function findPair(
	workflow: Workflow,
	[first = '', second]: readonly string[],
): Promise<readonly [Run, Run]> {
	const {run} = await workflow.findRun(first);
	if (second !== undefined) {
		return [run, (await workflow.findRun(second)).run];
	}

	const {findPrevious} = await import('../domain/runs/run-difference.js');
	const others = run.promptId ? await workflow.listRuns({promptId: run.promptId}) : [];
	const before = findPrevious(
		run,
		others.map(one => one.run),
	);
	if (!before) {
		throw new CosmosError('not-found', `${run.id} is the first run of its kind of this prompt`, {
			hint: 'Name the run to compare it with.',
		});
	}

	return [before, run];
}

async function linesOf(rows: readonly DifferingRow[]): Promise<string> {
	const {compareTexts, markChanges, shortValue} = await import('../domain/runs/run-difference.js');
	const width = Math.max(...rows.map(({key}) => key.length));
	let group = '';
	return rows
		.map(row => {
			const [before, after] = row.values;
			const head = row.group === group ? '' : `${row.group}\n`;
			group = row.group;
			const text =
				row.group === 'text'
					? markChanges(compareTexts(before ?? '', after ?? ''))
					: `${shortValue(before)} → ${shortValue(after)}`;
			return `${head}  ${row.key.padEnd(width)}  ${text.replaceAll('\n', `\n${' '.repeat(width + 4)}`)}\n`;
		})
		.join('');
}
