import {CosmosError} from '../domain/errors.js';
import {placeInBatch} from '../domain/runs/batch.js';
import {flagsOf} from '../domain/runs/measures.js';
import {kindName} from '../domain/settings/settings-tables.js';
import {describePoint} from '../domain/sweep/combine.js';
import {formatLocalTime, statusSigns} from '../domain/text-format.js';
import type {Annotations, Run, ShownStatus} from '../domain/types.js';
import {readableWords} from '../executor/transport/quote-words.js';
import {chooseWord} from './choose/choose-word.js';
import {printList} from './print/print-list.js';
import {type CommandContext, jsonFlag, textFlag, type Verb, type Words} from './verb.js';

const listings = {
	prompts: listPrompts,
	runs: listRuns,
	sweeps: listSweeps,
	trash: listTrash,
	recipes: listRecipes,
};

const listed = Object.keys(listings) as Array<keyof typeof listings>;
const statuses = Object.keys(statusSigns) as ShownStatus[];

export const list: Verb = {
	name: 'list',
	summary: 'list prompts, runs, sweeps, the trash (newest first), or recipes',
	usage: `${listed.join('|')} [flags]`,
	endsWithReader: true,
	args: [1, 1],
	completes: [listed],
	flags: [
		textFlag('limit', 'N', 'at most N (default 40; 0 is all)'),
		textFlag('status', 'STATUS', `runs only: ${statuses.join(', ')}`),
		textFlag('prompt', 'PROMPT', 'runs only: those of one prompt', {completes: 'prompt'}),
		textFlag('where', 'FILTER', 'prompts and runs that match, as docs/filter.md describes', {
			completes: 'filter',
		}),
		jsonFlag,
	],
	examples: [
		['cosmos list runs --status failed', 'recent failures'],
		["cosmos list runs --where 'failed host:h100 created>=yesterday'", 'by words and fields'],
		['cosmos list prompts --json --limit 0', 'everything, for a program'],
	],
	async run(context, words) {
		const what = chooseWord(listed, words.args[0], `cannot list "${words.args[0]}"`);
		if (words.text('where') !== undefined && what !== 'runs' && what !== 'prompts') {
			throw new CosmosError('usage', `--where does not filter ${what}`, {
				hint: 'It filters prompts and runs.',
			});
		}

		const limit = words.whole('limit', 0) ?? 40;
		await listings[what](context, words, limit || undefined);
	},
};

async function listPrompts(context: CommandContext, words: Words, limit?: number): Promise<void> {
	const workflow = await context.workflow();
	const prompts = await workflow.listPrompts(limit, words.text('where'));
	await printList(context, words, prompts, {
		kind: 'prompt',
		head: ['ID', 'CREATED', 'NAME', 'INPUTS', 'RATING, TAGS'],
		row: prompt => [
			prompt.id,
			formatLocalTime(prompt.createdAt),
			prompt.name,
			prompt.inputs.map(input => input.role).join(' '),
			opinionOf(prompt),
		],
	});
}

async function listSweeps(context: CommandContext, words: Words, limit?: number): Promise<void> {
	const {printSweeps} = await import('./sweeps.js');
	await printSweeps(context, words, limit);
}

async function listTrash(context: CommandContext, words: Words): Promise<void> {
	await (await import('./trash.js')).listTrash(context, words);
}

async function listRecipes(context: CommandContext, words: Words): Promise<void> {
	const {recipes} = await context.config();
	await printList(context, words, recipes, {
		kind: 'recipe',
		head: ['NAME', 'IMAGE', 'COMMAND'],
		row: ({name, image = '-', command}) => [name, image, readableWords(command)],
		none: 'there are no recipes yet; `cosmos recipe --help` shows one',
	});
}

async function listRuns(
	context: CommandContext,
	words: Words,
	limit: number | undefined,
): Promise<void> {
	const word = words.text('status');
	const status = word && chooseWord(statuses, word, `there is no status "${word}"`);
	const workflow = await context.workflow();
	const prompt = words.text('prompt');
	const promptId = prompt === undefined ? undefined : (await workflow.findPrompt(prompt)).id;
	const where = words.text('where');
	const runs = await workflow.listRuns({limit, status: status || undefined, promptId, where});
	await printList(context, words, runs, {
		kind: 'run',
		record: ({run, shown}) => ({...run, shown}),
		head: ['ID', 'CREATED', 'STATUS', 'PROMPT', 'HOST', 'NOTE', 'RATING, TAGS'],
		row: ({run, shown}) => [
			run.id,
			formatLocalTime(run.createdAt),
			`${statusSigns[shown]} ${shown}`,
			run.promptName,
			run.host,
			noteOf(run),
			opinionOf(run),
		],
	});
}

function noteOf(run: Run): string {
	const failure = 'failure' in run ? run.failure.reason : '';
	const kind = kindName(run);
	const operation = kind === 'transfer' ? '' : kind;
	const batch = run.batch ? `batch ${placeInBatch(run)}` : '';
	const flag = run.measures ? (flagsOf(run.measures)[0] ?? '') : '';
	const point = run.sweep ? describePoint(run.sweep.axes) : '';
	return [operation, point, batch, failure, flag, run.simulated ? 'simulated' : '']
		.filter(Boolean)
		.join(', ');
}

/** `*** keeper night`, empty when nobody said anything. */
function opinionOf({rating = 0, tags = [], pick}: Annotations): string {
	const choice = pick === undefined ? '' : pick ? 'picked' : 'rejected';
	return [choice, '*'.repeat(rating), ...tags].filter(Boolean).join(' ');
}
