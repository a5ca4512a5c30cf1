import type {FailureLimit, OutputRow, RowCounts} from '../domain/dataset/dataset.js';
import {exitCodes} from '../domain/error-codes.js';
import {CosmosError} from '../domain/errors.js';
import type {Kind, SettingValue} from '../domain/settings/settings.js';
import {tableOfKind} from '../domain/settings/settings-tables.js';
import {counted, formatDuration} from '../domain/text-format.js';
import type {DatasetEnd, DatasetPlan, DatasetRequest} from '../workflow/dataset/dataset-types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {launchModelFlag, modeFlags} from './flags/model-flag.js';
import {presetFlag, withPreset} from './flags/preset-flag.js';
import {
	kindsOf,
	settingFlags,
	settingsFrom,
	weightsFlag,
	weightsFrom,
} from './flags/setting-flags.js';
import {axesIn, shapeIn, sweepFlags, withoutAxes} from './flags/sweep-flags.js';
import {forceFlag} from './launch-runs.js';
import {jsonText} from './print/json.js';
import {
	acceptKeyFlag,
	type CommandContext,
	jsonFlag,
	switchFlag,
	targetFlag,
	textFlag,
	type Verb,
	type Words,
} from './verb.js';

export const datasetRun: Verb = {
	name: 'dataset run',
	summary: 'run the clips of a manifest, and write a row for each',
	usage: 'MANIFEST -o OUT [flags]',
	details: `
MANIFEST is a JSONL or CSV file, - for standard input, or a folder: a clip for each folder or video in it. A
row has text and, if the model needs them, a folder, or files by their roles (color, depth …); a pattern
such as clips/* makes a clip of each match. Other columns that are known: id, name, negative, tags, model,
mode, files, and every setting. The others are carried through to the output rows.

Nothing starts if a row cannot be used. The same call again resumes: clips that have completed with the same
inputs, settings and model are not run again. This process runs the queue meanwhile; the jobs of a dataset
start after all others. Ctrl-C cancels jobs that wait; running jobs continue on their hosts, and the same
call later has their results. Failures are tried again as their reason says.`,
	launches: true,
	recipeFlags: 'all',
	args: [1, 1],
	completes: ['file'],
	flags: [
		textFlag('out', 'OUT', 'the file of output rows, .jsonl or .csv', {
			shortFlag: 'o',
			completes: 'file',
		}),
		textFlag('name', 'NAME', 'default: the name of OUT'),
		targetFlag,
		textFlag('recipe', 'NAME', 'run a recipe of the configuration on each clip', {
			completes: 'recipe',
		}),
		launchModelFlag,
		...modeFlags,
		textFlag('text', 'TEXT', 'the text of rows that have none'),
		textFlag('negative', 'TEXT', 'what the videos must not show'),
		textFlag('map', 'FIELD=COLUMN,…', 'the columns of fields that have another name in MANIFEST'),
		presetFlag,
		weightsFlag,
		...settingFlags([...kindsOf('transfer'), ...kindsOf('recipe')]),
		forceFlag,
		...sweepFlags,
		switchFlag(
			'skipBad',
			'run the other rows if some cannot be used; they are written with their reason',
		),
		textFlag('maxFailures', 'N|P%', 'stop when more than N rows, or P percent of all, have failed'),
		textFlag(
			'stuckAfter',
			'MINUTES',
			'stop a run that has no new output for so long, and try it again',
		),
		switchFlag(
			'dryRun',
			'print how many clips would run and how long it would take, and run nothing',
		),
		acceptKeyFlag,
		jsonFlag,
	],
	exitCodes: [
		[0, 'every clip has completed'],
		[1, 'clips have failed, or were not run'],
		[130, 'stopped by Ctrl-C or `cosmos dataset stop`'],
	],
	examples: [
		['cosmos dataset run clips.csv -o out.jsonl --host any', 'a row for each clip'],
		['cosmos dataset run clips -o out.csv --text "A street in {rain|snow}"', 'a folder, two texts'],
		['cosmos dataset run clips.jsonl -o out.jsonl --dry-run', 'what is left to do, and how long'],
		['cosmos dataset run frames.csv -o depth.jsonl --recipe depth', 'a command of your own'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const request = await requestFrom(context, workflow, words);
		if (words.on('dryRun')) {
			const plan = await workflow.planDataset(request);
			printPlan(context, plan, words.on('json'));
			return plan.bad.length > 0 ? exitCodes.usage : 0;
		}

		return runToEnd(context, workflow, request, words.on('json'));
	},
};

async function requestFrom(
	context: CommandContext,
	workflow: Workflow,
	words: Words,
): Promise<DatasetRequest> {
	const out = words.text('out');
	if (out === undefined) {
		throw new CosmosError('usage', '`cosmos dataset run` needs a file for the output rows', {
			hint: 'Add -o FILE, a file that ends in .jsonl or .csv.',
		});
	}

	const recipe = words.text('recipe');
	const own = workflow.recipes.find(({name}) => name === recipe);
	const of: readonly Kind[] = own
		? [{operation: 'recipe', model: own.name, recipe: own}]
		: kindsOf(recipe === undefined ? 'transfer' : 'recipe');
	const axes = axesIn(of.flatMap(tableOfKind), words);
	const plain = withoutAxes(words, axes);
	const operation = recipe === undefined ? 'transfer' : 'recipe';
	const base = {
		operation,
		promptId: '',
		recipe: recipe ?? '',
		model: words.text('model'),
		mode: words.text('mode'),
		settings: {...settingsFrom(operation, plain, of), ...weightsFrom(plain)},
	};
	const [preset] = (await withPreset(workflow, [base as never], words)) as Array<typeof base>;
	const {settings, model, mode} = preset ?? base;
	const limit = words.text('maxFailures');
	const stuckAfter = words.whole('stuckAfter', 1);
	const map = words.text('map');
	const texts = Object.fromEntries(
		(['name', 'host', 'text', 'negative'] as const).flatMap(key => {
			const text = words.text(key);
			return text === undefined ? [] : [[key, text]];
		}),
	);
	return {
		...{manifest: words.args[0] as string, out, ...texts, context},
		...(recipe === undefined
			? {...(model !== undefined && {model}), ...(mode !== undefined && {mode})}
			: {recipe}),
		settings: settings as Record<string, SettingValue>,
		...{axes, shape: shapeIn(words), force: words.on('force'), skipBad: words.on('skipBad')},
		...(map !== undefined && {map: readMap(map)}),
		...(limit !== undefined && {maxFailures: readLimit(limit)}),
		...(stuckAfter !== undefined && {stuckAfter}),
	};
}

function readMap(text: string): Record<string, string> {
	const pairs = text.split(',').map(pair => /^([^=]+)=(.+)$/.exec(pair.trim()));
	if (pairs.includes(null)) {
		throw new CosmosError('usage', `--map must be FIELD=COLUMN,…, not "${text}"`, {
			hint: 'For example --map text=caption,seed=rng.',
		});
	}

	return Object.fromEntries(pairs.map(pair => [pair?.[1] as string, pair?.[2] as string]));
}

function readLimit(text: string): FailureLimit {
	const [, number, percent] = /^(\d+)(%?)$/.exec(text.trim()) ?? [];
	const value = Number(number);
	if (number === undefined || (percent && value > 100)) {
		throw new CosmosError(
			'usage',
			`--max-failures must be a number or a percentage, not "${text}"`,
			{
				hint: 'For example 50, or 5%.',
			},
		);
	}

	return percent ? {percent: value} : {rows: value};
}

async function runToEnd(
	context: CommandContext,
	workflow: Workflow,
	request: DatasetRequest,
	json: boolean,
): Promise<number> {
	let left = 0;
	let ended = 0;
	let failed = 0;
	const rows = workflow.runDataset(
		{
			...request,
			onPlan(plan) {
				left = plan.run;
				context.note(`${planText(plan)}\n`);
			},
			onNotice: text => context.note(`${text}\n`),
		},
		context.signal,
	);
	for (;;) {
		const {done, value} = await rows.next();
		if (done) {
			context.live('');
			// Runs that are left going must not keep this process alive.
			context.leaveRest();
			return reportEnd(context, value, json);
		}

		ended++;
		failed += value.status === 'failed' ? 1 : 0;
		context.live('');
		if (value.status !== 'completed') {
			context.note(`${rowText(value)}\n`);
		}

		context.live(`${ended} of ${left}${failed > 0 ? `, ${failed} failed` : ''}`);
	}
}

function rowText({id, status, reason, message}: OutputRow): string {
	return `${id}: ${status}${reason ? `, ${reason}` : ''}${message ? `: ${message}` : ''}`;
}

function reportEnd(context: CommandContext, end: DatasetEnd, json: boolean): number {
	if (json) {
		context.out(jsonText('dataset', end));
	} else {
		context.note(`${end.id}: ${countsText(end.counts)}\n`);
	}

	if (end.manifestChanged) {
		context.problem('the manifest has changed since it was read: run it again\n');
	}

	if (end.stopped === 'max-failures') {
		context.problem('stopped: more clips have failed than --max-failures allows\n');
	}

	if (end.stopped === 'signal' || end.stopped === 'stop') {
		return exitCodes.cancelled;
	}

	return isComplete(end.counts) ? 0 : exitCodes.run;
}

/** Whether every clip has its result. */
export function isComplete({completed: _, ...others}: RowCounts): boolean {
	return Object.values(others).every(count => count === 0);
}

/** `8 completed, 2 failed`. */
export function countsText(counts: RowCounts): string {
	const known = Object.entries(counts).filter(([, count]) => count > 0);
	return known.map(([status, count]) => `${count} ${status}`).join(', ') || 'no rows';
}

function printPlan(context: CommandContext, plan: DatasetPlan, json: boolean): void {
	if (json) {
		context.out(jsonText('dataset-plan', plan));
		return;
	}

	for (const line of plan.bad) {
		context.problem(`${line}\n`);
	}

	context.out(`${planText(plan)}\n`);
}

/** `10 clips: 4 finished, 6 to run (1 changed), about 12 min on 3 slots`. */
function planText({
	rows,
	finished,
	refused,
	changed,
	run,
	repeated,
	bad,
	seconds,
	slots,
}: DatasetPlan) {
	const parts = [
		finished > 0 ? `${finished} finished` : '',
		`${run} to run${changed > 0 ? ` (${changed} changed)` : ''}`,
		repeated > 0 ? `${repeated} the same as another` : '',
		refused > 0 ? `${refused} refused before` : '',
		bad.length > 0 ? `${counted(bad.length, 'problem')} in rows` : '',
		seconds === undefined || run === 0 ? '' : `about ${formatDuration(seconds)}`,
	];
	return `${counted(rows, 'clip')}: ${parts.filter(Boolean).join(', ')}; ${counted(slots, 'slot')}`;
}
