import {CosmosError} from '../domain/errors.js';
import {templateWords, usualTemplate} from '../domain/runs/export-name.js';
import {counted, formatBytes} from '../domain/text-format.js';
import {findRuns} from './choose/find-runs.js';
import {jsonText} from './print/json.js';
import {printTable} from './print/print-table.js';
import {jsonFlag, switchFlag, textFlag, type Verb} from './verb.js';

export const exportVideos: Verb = {
	name: 'export videos',
	summary: 'copy results into a folder, under names made from a template',
	usage: '[ID…] --to DIR [flags]',
	details: `
IDs are runs, or prompts, sweeps and datasets for all their runs; --where finds more. The results, videos and
images, are copied to DIR and compared with their hashes; nothing that is there is replaced, and either all
files are written or none. A slash in the template makes folders. Its words:

${Object.entries(templateWords)
	.map(([word, meaning]) => `  {${word}}`.padEnd(12) + meaning)
	.join('\n')}
  {seed}    and any other setting, by the name of its flag

Signs that some systems refuse in names become dashes, and equal names get a number.`,
	args: [0, Number.POSITIVE_INFINITY],
	completes: ['any-id'],
	flags: [
		textFlag('to', 'DIR', 'the folder to write to', {shortFlag: 'o', completes: 'folder'}),
		textFlag('where', 'FILTER', 'the runs that a filter finds; docs/filter.md has its words', {
			completes: 'filter',
		}),
		textFlag('name', 'TEMPLATE', `names of the files (default ${usualTemplate})`),
		switchFlag('posters', 'a JPEG of the middle frame beside each video'),
		switchFlag('dryRun', 'print the names, and write nothing'),
		jsonFlag,
	],
	examples: [
		["cosmos export videos --where 'pick:yes' -o for-client --posters", 'all that were picked'],
		["cosmos export videos sw_6x0k -o grid --name '{name}/seed-{seed}'", 'a sweep, in folders'],
	],
	async run(context, words) {
		const folder = words.text('to');
		if (folder === undefined) {
			throw new CosmosError('usage', 'export videos needs a folder', {hint: 'Add --to DIR.'});
		}

		const workflow = await context.workflow();
		const runs = await findRuns(workflow, words.args, words.text('where'));
		const template = words.text('name');
		const dryRun = words.on('dryRun');
		const exported = await workflow.exportVideos(runs, {
			...{folder, dryRun, posters: words.on('posters'), signal: context.signal},
			onProgress: (done, total) => context.live(`copied ${done} of ${total} files`),
			...(template !== undefined && {template}),
		});
		context.live('');
		for (const note of exported.notes) {
			context.note(`${note}\n`);
		}

		const {files} = exported;
		if (words.on('json')) {
			context.out(jsonText('export', exported));
			return;
		}

		await printTable(
			context,
			['RUN', 'FILE', 'POSTER'],
			files.map(({run, file, poster = '-'}) => [run, file, poster]),
		);
		const size = files.reduce((sum, one) => sum + one.size, 0);
		context.note(
			`${dryRun ? 'would export' : 'exported'} ${counted(files.length, 'file')}, ${formatBytes(size)}\n`,
		);
	},
};
