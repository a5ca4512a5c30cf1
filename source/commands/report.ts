import {CosmosError} from '../domain/errors.js';
import {counted, formatBytes} from '../domain/text-format.js';
import {findRuns} from './choose/find-runs.js';
import {jsonText} from './print/json.js';
import {jsonFlag, switchFlag, textFlag, type Verb} from './verb.js';

export const report: Verb = {
	name: 'report',
	summary: 'write a folder with a page of results, to share and to choose from',
	usage: '[ID…] --to DIR [flags]',
	details: `
IDs are runs, or prompts, sweeps and datasets for all their runs; --where finds more. DIR gets
index.html, which any browser opens from disk, the results, and the inputs that have not changed since.
The page shows a gallery with search, filter and sorting, a grid by two settings, and results beside each
other, in step, with a wipe border or as a difference; it loads nothing from a network. Stills need
ffmpeg.`,
	args: [0, Number.POSITIVE_INFINITY],
	completes: ['any-id'],
	flags: [
		textFlag('to', 'DIR', 'the folder to write', {shortFlag: 'o', completes: 'folder'}),
		textFlag('where', 'FILTER', 'the runs that a filter finds; docs/filter.md has its words', {
			completes: 'filter',
		}),
		textFlag('title', 'TEXT', 'default: the name of the first prompt'),
		switchFlag('force', 'replace an earlier report in DIR'),
		jsonFlag,
	],
	examples: [
		['cosmos report ps_6x0k -o night', 'all runs of a prompt'],
		["cosmos report --where 'stars>=4 created>=yesterday' -o best", 'the good ones'],
		['cosmos report run_7k2f run_7k2a -o pair --title "Two seeds"', 'two runs'],
	],
	async run(context, words) {
		const folder = words.text('to');
		if (folder === undefined) {
			throw new CosmosError('usage', 'report needs a folder', {hint: 'Add --to DIR.'});
		}

		const workflow = await context.workflow();
		const runs = await findRuns(workflow, words.args, words.text('where'));
		const title = words.text('title');
		const written = await workflow.writeReport(runs, {
			folder,
			force: words.on('force'),
			signal: context.signal,
			onProgress: (done, total) => context.live(`copied ${done} of ${total} runs`),
			...(title !== undefined && {title}),
		});
		context.live('');
		for (const note of written.notes) {
			context.note(`${note}\n`);
		}

		if (words.on('json')) {
			context.out(jsonText('report', written));
		} else {
			context.note(`${counted(written.runs, 'run')}, ${formatBytes(written.size)}\n`);
			context.out(`${written.file}\n`);
		}
	},
};
