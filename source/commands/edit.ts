import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {CosmosError, hasCode} from '../domain/errors.js';
import {isStructured, structureProblem} from '../domain/prompts/structured-text.js';
import type {Prompt} from '../domain/types.js';
import {readText} from '../workflow/prompts/read-text.js';
import type {PromptEdit} from '../workflow/runs/record-types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {ask} from './choose/ask.js';
import {jsonText} from './print/json.js';
import {
	type CommandContext,
	jsonFlag,
	switchFlag,
	textFlag,
	type Verb,
	type Words,
} from './verb.js';

export const edit: Verb = {
	name: 'edit',
	summary: "change a prompt's text in your editor, or its videos",
	usage: 'PROMPT [flags]',
	details: `
Opens $VISUAL, else $EDITOR, else vi. The prompt keeps the old text in its history. If finished
runs used the old text, their videos would appear to belong to the new one: you are asked first, and without
a terminal the command fails unless you give --force or --new.

With --videos alone the text is kept. An imported prompt needs --videos before it can be used: its paths were
chosen by whoever wrote the archive.`,
	args: [1, 1],
	completes: ['prompt'],
	flags: [
		switchFlag('negative', 'edit the negative text instead'),
		textFlag('text', 'TEXT', 'no editor: this text, @FILE, or -'),
		textFlag('videos', 'DIR', 'the videos of this folder, as they are now'),
		switchFlag('new', 'create a new prompt with the text instead'),
		switchFlag('force', 'replace the text even if finished runs used it'),
		jsonFlag,
	],
	examples: [
		['cosmos edit ps_6x0k', 'in the editor'],
		['cosmos edit ps_6x0k --text @night.txt --new', 'a new prompt from a file, without an editor'],
		['cosmos edit ps_6x0k --videos shots/042', 'the same text with the videos of another folder'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const prompt = await workflow.findPrompt(words.args[0] as string);
		const isNegative = words.on('negative');
		const before = isNegative ? prompt.negative : prompt.text;
		const videoDir = words.text('videos');
		const keepsText = videoDir !== undefined && words.text('text') === undefined;
		const after = keepsText ? before : await newText(context, words, prompt, before);
		if (after === before && videoDir === undefined) {
			context.note(`${prompt.id}: nothing was changed\n`);
			return;
		}

		const changed = await change(context, workflow, prompt, {
			...(isNegative ? {negative: after} : {text: after}),
			basedOn: prompt.text,
			videoDir,
			force: words.on('force'),
			asNew: words.on('new'),
		});
		print(context, prompt, changed, words.on('json'));
	},
};

async function newText(
	context: CommandContext,
	words: Words,
	{name}: Prompt,
	before: string,
): Promise<string> {
	const given = words.text('text');
	if (given !== undefined) {
		return readText(given, context);
	}

	if (!context.inIsTerminal && !context.env.VISUAL && !context.env.EDITOR) {
		throw new CosmosError('no-terminal', 'there is no terminal to run an editor in', {
			hint: 'Give the text with --text, or set EDITOR.',
		});
	}

	const {editText} = await import('../workflow/prompts/edit-text.js');
	const after = await editText(before, name, context.env);
	const problem = isStructured(before) ? structureProblem(after) : undefined;
	if (problem) {
		const kept = await keepText(after);
		throw new CosmosError('bad-input', `the new text ${problem}; nothing was changed`, {
			hint: `It is kept in ${kept}: correct it there, then add --text @${kept}.`,
		});
	}

	return after;
}

/** Puts a text that cannot be used where its writer finds it again. */
async function keepText(text: string): Promise<string> {
	const file = path.join(await mkdtemp(path.join(tmpdir(), 'cosmos-text-')), 'prompt.json');
	await writeFile(file, `${text}\n`, {mode: 0o600});
	return file;
}

/** Asks the user if the workflow requires a confirmation. */
async function change(
	context: CommandContext,
	workflow: Workflow,
	{id}: Prompt,
	edit: PromptEdit,
): Promise<Prompt> {
	try {
		return await workflow.editPrompt(id, edit);
	} catch (error) {
		if (!hasCode(error, 'text-in-use') || !context.canAsk) {
			throw error;
		}

		if (!(await ask(context, `${error.message}. Replace it anyway?`))) {
			throw new CosmosError('cancelled', 'nothing was changed');
		}

		return workflow.editPrompt(id, {...edit, force: true});
	}
}

function print({out, note}: CommandContext, before: Prompt, after: Prompt, json: boolean): void {
	if (json) {
		out(jsonText('prompt', after));
	} else if (after.id === before.id) {
		const isSameText = after.text === before.text && after.negative === before.negative;
		note(`${after.id}: ${after.name} has the new ${isSameText ? 'videos' : 'text'}\n`);
	} else {
		out(`${after.id}\n`);
		note(`${after.name}, from ${before.id}\n`);
	}
}
