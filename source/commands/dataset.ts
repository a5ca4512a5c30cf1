import path from 'node:path';
import {rowStatuses} from '../domain/dataset/dataset.js';
import {exitCodes} from '../domain/error-codes.js';
import {CosmosError} from '../domain/errors.js';
import {counted, formatLocalTime} from '../domain/text-format.js';
import type {ShownDataset} from '../workflow/dataset/dataset-types.js';
import {chooseWord} from './choose/choose-word.js';
import {countsText, datasetRun, isComplete} from './dataset-run.js';
import {jsonText} from './print/json.js';
import {printList} from './print/print-list.js';
import {jsonFlag, switchFlag, textFlag, type Verb} from './verb.js';
import {verbOfParts} from './verb-of-parts.js';

const list: Verb = {
	name: 'dataset list',
	summary: 'list datasets, newest first',
	usage: '[flags]',
	endsWithReader: true,
	args: [0, 0],
	flags: [jsonFlag],
	examples: [['cosmos dataset list', 'each with its rows by status']],
	async run(context, words) {
		const datasets = await (await context.workflow()).listDatasets();
		await printList(context, words, datasets, {
			kind: 'dataset',
			record: toRecord,
			head: ['ID', 'CREATED', 'NAME', 'ROWS', 'STATE', 'OUT'],
			row: shown => [
				shown.dataset.id,
				formatLocalTime(shown.dataset.createdAt),
				shown.dataset.name,
				countsText(shown.counts),
				stateOf(shown),
				shown.dataset.out,
			],
		});
	},
};

const status: Verb = {
	name: 'dataset status',
	summary: 'say how far a dataset is, with an exit code',
	usage: 'DATASET [flags]',
	details: 'DATASET is an id, the beginning of one, a name, or latest.',
	endsWithReader: true,
	args: [1, 1],
	flags: [jsonFlag],
	exitCodes: [
		[0, 'every clip has completed'],
		[1, 'clips have failed, or have not ended'],
	],
	examples: [['cosmos dataset status latest', 'rows by status, and which process works on it']],
	async run(context, words) {
		const workflow = await context.workflow();
		const shown = await workflow.findDataset(words.args[0] as string);
		if (words.on('json')) {
			context.out(jsonText('dataset', toRecord(shown)));
		} else {
			const {dataset, counts} = shown;
			context.out(`${dataset.id}  ${dataset.name}: ${countsText(counts)}; ${stateOf(shown)}\n`);
		}

		return isComplete(shown.counts) ? 0 : exitCodes.run;
	},
};

const show: Verb = {
	name: 'dataset show',
	summary: 'list the rows of a dataset, in the order of its manifest',
	usage: 'DATASET [flags]',
	endsWithReader: true,
	args: [1, 1],
	flags: [
		textFlag('status', 'STATUS', `only rows that are ${rowStatuses.join(', ')}`, {
			completes: rowStatuses,
		}),
		jsonFlag,
	],
	examples: [
		['cosmos dataset show latest --status failed', 'what failed, and why'],
		['cosmos dataset show street --json', 'the output rows, for a program'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const only = words.text('status');
		if (only !== undefined) {
			chooseWord(rowStatuses, only, `there is no status "${only}"`);
		}

		const {dataset} = await workflow.findDataset(words.args[0] as string);
		const rows = (await workflow.outputRows(dataset.id)).filter(
			row => only === undefined || row.status === only,
		);
		await printList(context, words, rows, {
			kind: 'dataset-row',
			head: ['ROW', 'STATUS', 'NAME', 'RUN', 'HOST', 'NOTE'],
			row: ({id, status: its, name, run = '', host = '', reason = '', message = ''}) => [
				...[id, its, name, run, host],
				[reason, message].filter(Boolean).join(': '),
			],
		});
	},
};

const stop: Verb = {
	name: 'dataset stop',
	summary: 'stop adding jobs of a dataset, and cancel those that wait',
	usage: 'DATASET [flags]',
	details: `
Running jobs end by themselves; \`cosmos queue cancel DATASET\` stops them too. The same \`cosmos dataset run\`
resumes the dataset.`,
	args: [1, 1],
	flags: [jsonFlag],
	examples: [['cosmos dataset stop latest', 'whichever process runs it']],
	async run(context, words) {
		const workflow = await context.workflow();
		const {dataset} = await workflow.findDataset(words.args[0] as string);
		const count = await workflow.stopDataset(dataset.id);
		if (words.on('json')) {
			context.out(jsonText('dataset', toRecord(await workflow.findDataset(dataset.id))));
		} else {
			context.note(`${dataset.name}: stopped, ${counted(count, 'waiting job')} cancelled\n`);
		}
	},
};

const exportRows: Verb = {
	name: 'dataset export',
	summary: 'write the output rows of a dataset to another file',
	usage: 'DATASET -o FILE [flags]',
	args: [1, 1],
	flags: [
		textFlag('out', 'FILE', 'the file to write: .jsonl, .csv or .parquet', {
			shortFlag: 'o',
			completes: 'file',
		}),
		switchFlag('force', 'replace FILE if it exists'),
	],
	details: `
In CSV, which is for people, a text that begins with = + - or @ gets an apostrophe before it: a spreadsheet
would run it as a formula. JSON lines, Parquet, and the output file of \`cosmos dataset run\` have texts as they
are. In Parquet lists and objects are of its type JSON.
`,
	examples: [
		['cosmos dataset export street -o street.csv', 'the same rows as CSV'],
		['cosmos dataset export street -o street.parquet', 'for pandas, DuckDB or Spark'],
	],
	async run(context, words) {
		const file = words.text('out');
		if (file === undefined) {
			throw new CosmosError('usage', '`cosmos dataset export` needs a file', {
				hint: 'Add -o FILE, a file that ends in .jsonl, .csv or .parquet.',
			});
		}

		const workflow = await context.workflow();
		const {dataset} = await workflow.findDataset(words.args[0] as string);
		const {rows, asTexts} = await workflow.exportRows(
			dataset.id,
			path.resolve(file),
			words.on('force'),
		);
		context.note(`wrote ${counted(rows, 'row')} to ${file}\n`);
		if (asTexts > 0) {
			context.note(
				`${counted(asTexts, 'cell')} would be a formula in a spreadsheet: an apostrophe stands before the text\n`,
			);
		}
	},
};

const toRecord = ({dataset, counts, owner}: ShownDataset) => ({
	...dataset,
	counts,
	...(owner && {owner}),
});

function stateOf({dataset, owner}: ShownDataset): string {
	if (owner) {
		const stopping = dataset.stopRequestedAt ? ', stopping' : '';
		return `run by process ${owner.pid} on ${owner.machine}${stopping}`;
	}

	return dataset.stopRequestedAt ? 'stopped' : dataset.endedAt ? 'ended' : 'interrupted';
}

const parts: readonly Verb[] = [datasetRun, status, list, show, stop, exportRows];

export const dataset = verbOfParts({
	name: 'dataset',
	summary: 'run thousands of clips from a manifest: run, status, list, show, stop, export',
	details: `
A dataset is a manifest, a JSONL or CSV file with a row for each clip, and the output rows that are made of
it. Its clips are prompts and jobs like all others: \`dataset:ID\` finds them in lists and filters.`,
	parts,
	examples: [
		['cosmos dataset run clips.csv -o out.jsonl', 'run all clips, or those that are left'],
		['cosmos dataset status latest', 'how far it is'],
	],
});
