import {CosmosError} from '../domain/errors.js';
import {formatBytes} from '../domain/text-format.js';
import type {ShownRun} from '../domain/types.js';
import {chooseWord} from './choose/choose-word.js';
import {findRuns} from './choose/find-runs.js';
import {jsonText} from './print/json.js';
import {printTable} from './print/print-table.js';
import {
	type CommandContext,
	jsonFlag,
	switchFlag,
	textFlag,
	type Verb,
	type Words,
} from './verb.js';

const layouts = ['beside', 'wipe'] as const;

export const compare: Verb = {
	name: 'compare',
	summary: 'compare runs in a table, or make a video of their results',
	usage: 'ID… [flags]',
	details: `
IDs are runs, or prompts, sweeps and datasets for all their runs. The table has a column for each run
and only what differs: what made it, settings, texts, inputs, outputs and measures. --video writes the
results as one video: beside each other, or of two with a border that moves from one to the other
(--layout wipe). Each result takes the height and the rate of the first, and the shortest is the end. A
video needs ffmpeg.
\`cosmos diff\` shows two runs in detail; the dashboard (= on marked runs) shows their pictures.`,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['any-id'],
	flags: [
		textFlag('video', 'FILE', 'write a video of the results, such as pair.mp4', {
			completes: 'file',
		}),
		textFlag('layout', 'WORD', 'how the video shows them: beside (default) or wipe', {
			completes: layouts,
		}),
		switchFlag('force', 'replace FILE'),
		jsonFlag,
	],
	examples: [
		['cosmos compare run_7k2f run_7k2a', 'a table of what differs'],
		['cosmos compare ps_6x0k', 'all runs of a prompt'],
		['cosmos compare run_7k2f run_7k2a --video pair.mp4 --layout wipe', 'a video of both'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const runs = await findRuns(workflow, words.args);
		if (runs.length < 2) {
			throw new CosmosError('usage', 'a comparison needs two runs or more', {
				hint: 'Name several runs, or a prompt that has several.',
			});
		}

		if (words.text('video') === undefined) {
			if (words.text('layout') !== undefined) {
				throw new CosmosError('usage', '--layout is for a video', {hint: 'Add --video FILE.'});
			}

			await printDifferences(context, runs, words.on('json'));
			return;
		}

		await writeVideo(context, runs, words);
	},
};

async function printDifferences(
	context: CommandContext,
	shown: readonly ShownRun[],
	asJson: boolean,
): Promise<void> {
	const {compareRuns, shortValue} = await import('../domain/runs/run-difference.js');
	const runs = shown.map(({run}) => run);
	const rows = compareRuns(runs);
	if (asJson) {
		context.out(jsonText('comparison', {runs: runs.map(({id}) => id), rows}));
	} else if (rows.length === 0) {
		context.out('nothing differs\n');
	} else {
		await printTable(
			context,
			['', ...runs.map(({id}) => id)],
			rows.map(({key, values}) => [key, ...values.map(shortValue)]),
		);
	}
}

async function writeVideo(
	context: CommandContext,
	runs: readonly ShownRun[],
	words: Words,
): Promise<void> {
	const word = words.text('layout') ?? 'beside';
	const layout = chooseWord(layouts, word, `cannot lay a video out as "${word}"`);
	const workflow = await context.workflow();
	const written = await workflow.writeComparison(runs, {
		file: words.text('video') as string,
		layout,
		force: words.on('force'),
		signal: context.signal,
		onProgress: (done, total) => context.live(`frame ${done} of ${total}`),
	});
	context.live('');
	for (const note of written.notes) {
		context.note(`${note}\n`);
	}

	if (words.on('json')) {
		context.out(jsonText('comparison', {runs: runs.map(({run}) => run.id), ...written}));
	} else {
		context.note(`${written.frames} frames, ${formatBytes(written.size)}\n`);
		context.out(`${written.file}\n`);
	}
}
