import type {DeleteRequest} from '../domain/deletion.js';
import {exitCodes} from '../domain/error-codes.js';
import {CosmosError} from '../domain/errors.js';
import {counted, formatBytes, formatTable} from '../domain/text-format.js';
import type {DeletionPreview} from '../workflow/maintenance/maintenance-types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {ask} from './choose/ask.js';
import {chooseWord} from './choose/choose-word.js';
import {type CommandContext, switchFlag, type Verb, yesFlag} from './verb.js';

export const deleteVerb: Verb = {
	name: 'delete',
	summary: 'move prompts, runs or outputs to the trash',
	usage: 'prompt|run ID… [flags]',
	details: `
Shows what will be deleted and its size, and asks first. Deleted records are moved to the trash of the data
folder: \`cosmos restore\` restores them, \`cosmos clean --trash\` removes them permanently and frees the disk.
Nothing else is deleted with them. A prompt with runs, a run that is still running, that was upscaled or
produced a prompt's text, or that a queued job needs, is reported with the reason, and then nothing is
deleted. The videos of a prompt are never touched.`,
	args: [2, Number.POSITIVE_INFINITY],
	completes: [['prompt', 'run'], 'any-id'],
	flags: [
		switchFlag(
			'outputs',
			'delete only the outputs of the run, or of the runs of the prompt; keep the records',
		),
		switchFlag('withRuns', 'prompts: the runs of the prompt too'),
		switchFlag('dryRun', 'only show what would be removed'),
		yesFlag,
	],
	examples: [
		['cosmos delete run run_6x0k run_6x0m', 'two runs with their logs and outputs'],
		[
			'cosmos delete run latest --outputs',
			'keeps the record; frees disk space once the trash is emptied',
		],
		['cosmos delete prompt ps_6x0k --with-runs --dry-run', 'the size of a prompt and its runs'],
	],
	async run(context, words) {
		const [word, ...references] = words.args;
		const kind = chooseWord(['prompt', 'run'], word, `cannot delete a "${word}"`);
		if (words.on('withRuns') && kind === 'run') {
			throw new CosmosError('usage', '--with-runs goes with `cosmos delete prompt`');
		}

		const workflow = await context.workflow();
		const request: DeleteRequest = {
			ids: await idsOf(workflow, kind, references),
			outputsOnly: words.on('outputs'),
			withRuns: words.on('withRuns'),
		};
		const preview = await workflow.planDelete(request);
		refuse(context, preview);
		showPreview(context, preview);
		if (words.on('dryRun')) {
			return 0;
		}

		const count = preview.prompts.length + preview.runs.length + preview.outputsOf.length;
		const question = `Move ${count === 1 ? 'it' : `these ${count}`} to the trash?`;
		if (!(words.on('yes') || (await ask(context, question)))) {
			context.note('nothing was deleted\n');
			return exitCodes.cancelled;
		}

		await workflow.deleteRecords(request);
		const back = [...preview.prompts, ...preview.runs, ...preview.outputsOf].map(({id}) => id);
		context.note(
			`moved to the trash; \`cosmos restore ${back.slice(0, 3).join(' ')}${back.length > 3 ? ' …' : ''}\` brings ${count === 1 ? 'it' : 'them'} back, \`cosmos clean --trash\` frees the disk\n`,
		);
		return 0;
	},
};

async function idsOf(
	workflow: Workflow,
	kind: 'prompt' | 'run',
	references: readonly string[],
): Promise<string[]> {
	const ids = new Set<string>();
	for (const reference of references) {
		const found =
			kind === 'prompt'
				? await workflow.findPrompt(reference)
				: (await workflow.findRun(reference)).run;
		ids.add(found.id);
	}

	return [...ids];
}

/** Every reason, not only the first: so that one call reports everything. */
function refuse({problem}: CommandContext, {refusals}: DeletionPreview): void {
	const [first, ...others] = refusals;
	if (first) {
		for (const {why, hint} of others) {
			problem(`cosmos: ${why}\n${hint && `  ${hint}\n`}`);
		}

		throw new CosmosError('delete-refused', `nothing was deleted: ${first.why}`, {
			hint: first.hint,
		});
	}
}

function showPreview({out, outIsTerminal}: CommandContext, preview: DeletionPreview): void {
	const {prompts, runs, outputsOf, sizes, notes} = preview;
	const sizeOf = (id: string) => sizes.get(id) ?? 0;
	const rows = [
		...prompts.map(({id, name}) => ['prompt', id, '', name]),
		...runs.map(run => [
			'run',
			run.id,
			formatBytes(sizeOf(run.id)),
			`${run.promptName}, ${run.status}`,
		]),
		...outputsOf.map(run => ['outputs', run.id, formatBytes(sizeOf(run.id)), run.promptName]),
	];
	const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
	out(formatTable(rows, outIsTerminal));
	out(`${counted(rows.length, 'item')}, ${formatBytes(total)} of files\n`);
	for (const note of notes) {
		out(`note: ${note}\n`);
	}
}
