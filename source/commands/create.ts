import {CosmosError} from '../domain/errors.js';
import type {Spec} from '../domain/inputs/spec-file.js';
import {unnamedModel} from '../domain/models/families.js';
import {promptWarnings} from '../domain/prompts/prompt-warnings.js';
import {describeInput} from '../domain/text-format.js';
import type {Prompt} from '../domain/types.js';
import {readInputWords} from '../workflow/prompts/input-words.js';
import type {SpecPrompt} from '../workflow/prompts/read-specs.js';
import {readText} from '../workflow/prompts/read-text.js';
import type {NewPrompt, Workflow} from '../workflow/workflow-types.js';
import {modelFlag} from './flags/model-flag.js';
import {promptsFileFlag, promptsFromFile} from './flags/prompts-file.js';
import {jsonText} from './print/json.js';
import {type CommandContext, jsonFlag, textFlag, type Verb, type Words} from './verb.js';

export const create: Verb = {
	name: 'create',
	summary: 'create a prompt from a text and its videos or images',
	usage: 'prompt TEXT [DIR|FILE…] | prompt --prompts-file FILE [DIR] | prompt --from FILE',
	details: `
DIR holds color.mp4 (or one video of any name) and, if you have them, depth.mp4,
segmentation.mp4, edge.mp4 and vis.mp4; what is missing is computed from the color video. Masks
(edge_mask.mp4 …) say where a control works, for models that take them. Without videos it may hold an
image. Files can be given one by one: what each is for is in its name, or written before it, as in
edge=lines.mp4. A prompt may also be a text alone, for models that need no more.
TEXT is the text itself, @FILE, or - for standard input; a JSON object, or @FILE.json, is a
structured prompt. A file of prompts has a text a line, or a JSON
object with text and perhaps videoDir, name, negative and model. Empty lines and those that begin
with # are left out; a text that begins so is written {"text": "#1 of the series"}. Files are UTF-8, or UTF-16
with its byte order mark.
--from reads what other programs have: specs of Cosmos-Transfer1 and 2.5 and their JSONL batches, samples
of Cosmos 3, prompts of the Python program before this one; an object, an array, or one a line. A file whose
name ends in .yaml is YAML. Paths count from the file. Settings belong to a launch: what is not taken over is
listed.`,
	args: [1, Number.POSITIVE_INFINITY],
	completes: [['prompt'], [], 'input'],
	flags: [
		textFlag('name', 'NAME', 'default: the first words of the text'),
		textFlag('negative', 'TEXT', 'what the video must not show'),
		modelFlag('default: that of the host'),
		promptsFileFlag,
		textFlag(
			'from',
			'FILE',
			'prompts from a spec or sample of another program, - for standard input',
			{completes: 'file'},
		),
		jsonFlag,
	],
	examples: [
		[
			'cosmos create prompt "A city street at night, rain, neon" shots/042',
			'a prompt named city-street-at-night',
		],
		['cosmos create prompt @night.txt shots/042 --name city-night', 'the text from a file'],
		['cosmos create prompt "Snow falls" street.mp4 edge=lines.mp4', 'a video and a control'],
		['cosmos create prompt --from spec.json', "from a spec of NVIDIA's program"],
	],
	async run(context, words) {
		const [what, ...rest] = words.args as [string, ...string[]];
		if (what !== 'prompt') {
			throw new CosmosError('usage', `cannot create a "${what}"`, {
				hint: 'Usage: cosmos create prompt TEXT [DIR|FILE…]',
			});
		}

		const specs = await readSpecPrompts(context, words, rest);
		const prompts =
			specs?.map(({prompt}) => prompt) ?? (await readNewPrompts(context, words, rest));
		const workflow = await context.workflow();
		for (const [index, made] of (await workflow.createPrompts(prompts)).entries()) {
			print(context, made, words.on('json'));
			for (const line of promptWarnings(made, made.model ?? modelOfHost(workflow))) {
				context.note(`warning: ${line}\n`);
			}

			const spec = specs?.[index]?.spec;
			if (spec) {
				await noteLeft(context, made, spec);
			}
		}
	},
};

/** The prompts of `--from`, undefined without it; flags count more than the file. */
async function readSpecPrompts(
	context: CommandContext,
	words: Words,
	rest: readonly string[],
): Promise<SpecPrompt[] | undefined> {
	const file = words.text('from');
	if (file === undefined) {
		return undefined;
	}

	if (rest.length > 0 || words.text('promptsFile') !== undefined) {
		throw new CosmosError('usage', '--from takes no text, folder or --prompts-file beside it', {
			hint: 'The file has the texts and names the videos.',
		});
	}

	const {readSpecs} = await import('../workflow/prompts/read-specs.js');
	const given = commonOf(words);
	const specs = await readSpecs(file, context);
	return specs.map(spec => ({...spec, prompt: {...spec.prompt, ...given}}));
}

/** What flags say of every prompt. */
function commonOf(words: Words): Omit<NewPrompt, 'text'> {
	const keys = ['name', 'negative', 'model'] as const;
	return Object.fromEntries(
		keys.flatMap(key => (words.text(key) === undefined ? [] : [[key, words.text(key)]])),
	);
}

/** What of a spec is not in its prompt, and how a launch gets it. */
async function noteLeft(
	{note}: CommandContext,
	{id, model, inputs}: Prompt,
	spec: Spec,
): Promise<void> {
	if (spec.left.length > 0) {
		note(`  not taken over: ${spec.left.join(', ')}\n`);
	}

	const {launchFlags} = await import('../domain/inputs/spec-flags.js');
	const flags = launchFlags({...spec, model}, inputs);
	if (flags.length > 0) {
		note(`  settings for the launch: cosmos inference ${id} ${flags.join(' ')}\n`);
	}
}

/** The prompts of a call: one in its arguments, or those of a file. */
async function readNewPrompts(
	context: CommandContext,
	words: Words,
	rest: readonly string[],
): Promise<NewPrompt[]> {
	const file = words.text('promptsFile');
	const common = commonOf(words);
	if (file !== undefined) {
		if (rest.length > 1) {
			throw new CosmosError(
				'usage',
				'the text is given twice: as an argument and with --prompts-file',
				{hint: 'See `cosmos create --help`.'},
			);
		}

		return promptsFromFile(context, file, {...common, ...(await readInputWords(rest))});
	}

	const [text, ...media] = rest;
	if (text === undefined) {
		throw new CosmosError('usage', '`cosmos create prompt` needs: TEXT [DIR|FILE…]', {
			hint: 'See `cosmos create --help`.',
		});
	}

	return [{...common, text: await readText(text, context), ...(await readInputWords(media))}];
}

/** The model of the default host. */
const modelOfHost = ({hosts, defaultHost}: Workflow) =>
	hosts.find(({name}) => name === defaultHost)?.model ?? unnamedModel;

function print({out, note}: CommandContext, prompt: Prompt, json: boolean): void {
	if (json) {
		out(jsonText('prompt', prompt));
		return;
	}

	out(`${prompt.id}\n`);
	note(`${prompt.name}\n`);
	for (const input of prompt.inputs) {
		note(`  ${input.role.padEnd(6)} ${describeInput(input)}  ${input.path}\n`);
	}
}
