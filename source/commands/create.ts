import {CosmosError} from '../domain/errors.js';
import {formatBytes} from '../domain/text-format.js';
import type {Prompt} from '../domain/types.js';
import type {NewPrompt} from '../workflow/workflow-types.js';
import {jsonText} from './json.js';
import {modelFlag} from './model-flag.js';
import {promptsFileFlag, promptsFromFile} from './prompts-file.js';
import {readText} from './read-text.js';
import {type CommandContext, jsonFlag, type Verb, type Words} from './verb.js';

export const create: Verb = {
	name: 'create',
	summary: 'create a prompt from a text and a folder of videos',
	usage: 'prompt TEXT VIDEO_DIR | prompt --prompts-file FILE VIDEO_DIR',
	details: `
VIDEO_DIR holds color.mp4 (or one video of any name) and, if you have them, depth.mp4,
segmentation.mp4, edge.mp4 and vis.mp4; what is missing is computed from the color video. Masks
(edge_mask.mp4 …) say where a control works, for models that take them.
TEXT is the text itself, @FILE, or - for standard input. A file of prompts has a text a line, or a JSON
object with text and perhaps videoDir, name, negative and model.`,
	args: [2, 3],
	completes: [['prompt'], [], 'folder'],
	flags: [
		{key: 'name', kind: 'text', value: 'NAME', help: 'default: the first words of the text'},
		{key: 'negative', kind: 'text', value: 'TEXT', help: 'what the video must not show'},
		modelFlag('default: that of the host'),
		promptsFileFlag,
		jsonFlag,
	],
	examples: [
		[
			'cosmos create prompt "A city street at night, rain, neon" shots/042',
			'a prompt named city-street-at-night',
		],
		['cosmos create prompt @night.txt shots/042 --name city-night', 'the text from a file'],
	],
	async run(context, words) {
		const [what, ...rest] = words.args as [string, ...string[]];
		if (what !== 'prompt') {
			throw new CosmosError('usage', `cannot create a "${what}"`, {
				hint: 'Usage: cosmos create prompt TEXT VIDEO_DIR',
			});
		}

		const prompts = await readNewPrompts(context, words, rest);
		const workflow = await context.workflow();
		// Of several, all are looked at before the first one is made.
		for (const {videoDir} of prompts.length > 1 ? prompts : []) {
			await workflow.inspectVideoDir(videoDir);
		}

		for (const prompt of prompts) {
			print(context, await workflow.createPrompt(prompt), words.on('json'));
		}

		return 0;
	},
};

/** The prompts that a call describes: one in words, or those of a file. */
async function readNewPrompts(
	context: CommandContext,
	words: Words,
	rest: readonly string[],
): Promise<NewPrompt[]> {
	const file = words.text('promptsFile');
	const [first = '', second] = rest;
	const common = {
		name: words.text('name'),
		negative: words.text('negative'),
		model: words.text('model'),
	};
	if (file !== undefined && second === undefined) {
		return promptsFromFile(context, file, {...common, videoDir: first});
	}

	if (file !== undefined || second === undefined) {
		throw new CosmosError(
			'usage',
			file === undefined
				? '`cosmos create prompt` needs: TEXT VIDEO_DIR'
				: 'the text is given twice: as an argument and with --prompts-file',
			{hint: 'See `cosmos create --help`.'},
		);
	}

	return [{...common, text: await readText(context, first), videoDir: second}];
}

function print({out, note}: CommandContext, prompt: Prompt, json: boolean): void {
	if (json) {
		out(jsonText('prompt', prompt));
		return;
	}

	out(`${prompt.id}\n`);
	note(`${prompt.name}\n`);
	for (const input of prompt.inputs) {
		const size = `${input.width}×${input.height}, ${input.frames} frames, ${input.fps} fps`;
		note(`  ${input.role.padEnd(6)} ${size}, ${formatBytes(input.size)}  ${input.path}\n`);
	}
}
