import {CosmosError} from '../../domain/errors.js';
import {textProblem} from '../../domain/prompts/prompt-text.js';
import {readTextFile} from '../../workflow/prompts/read-text.js';
import type {NewPrompt} from '../../workflow/workflow-types.js';
import {type CommandContext, textFlag, type Words} from '../verb.js';

export const promptsFileFlag = textFlag(
	'promptsFile',
	'FILE',
	'one prompt per line, - for standard input; lines that begin with # are comments',
	{completes: 'file'},
);

type Line = {number: number; text: string};

/**
 * The words of a call with the ids that `--prompts-file` lists: the first word of each line, so that
 * the output of `list` and `create` can be used.
 * @throws CosmosError (usage) when the file cannot be read or lists none, and for a call without prompts
 */
export async function withPromptsFile(
	context: Pick<CommandContext, 'input'>,
	verb: string,
	words: Words,
): Promise<Words> {
	const file = words.text('promptsFile');
	const lines = file === undefined ? [] : await linesOf(context, file);
	const args = [...words.args, ...lines.map(({text}) => text.split(/\s/)[0] as string)];
	if (args.length === 0) {
		throw new CosmosError('usage', `\`cosmos ${verb}\` needs: ID…, or --prompts-file`, {
			hint: `See \`cosmos ${verb} --help\`.`,
		});
	}

	return {...words, args};
}

/**
 * The prompts of a file: a text per line, or a JSON object with `text` and, optionally,
 * `videoDir`, `name`, `negative` and `model`.
 * @param common the defaults for all lines
 * @throws CosmosError (usage) that names the line
 */
export async function promptsFromFile(
	context: Pick<CommandContext, 'input'>,
	file: string,
	common: Omit<NewPrompt, 'text'>,
): Promise<NewPrompt[]> {
	const [, ending = ''] = /\.(csv|tsv|ya?ml)$/i.exec(file) ?? [];
	if (ending !== '') {
		const isTable = /^[ct]sv$/i.test(ending);
		throw new CosmosError(
			'usage',
			`${file} is ${isTable ? 'a table' : 'YAML'}, which has no prompt per line`,
			{
				hint: isTable
					? 'Save its texts as a text file with one per line, or each row as a JSON object.'
					: 'A spec of another program: --from FILE.',
			},
		);
	}

	const lines = await linesOf(context, file);
	return lines.map(line => ({
		...common,
		...(/^(?:\{|\[\s*(?:\{|$))/.test(line.text) ? parseLine(file, line) : {text: line.text}),
	}));
}

async function linesOf(context: Pick<CommandContext, 'input'>, file: string): Promise<Line[]> {
	const hint = 'Give a file with one prompt per line, or -.';
	const lines = (await readTextFile(file, {hint, context}))
		.split('\n')
		.map((content, index) => ({number: index + 1, text: content.trim()}))
		.filter(line => line.text !== '' && !line.text.startsWith('#'));
	if (lines.length === 0) {
		throw new CosmosError('usage', `${file} has no prompt`, {
			hint: 'It has one prompt per line; empty lines and those that begin with # are ignored.',
		});
	}

	return lines;
}

const keys = Object.keys({
	text: true,
	videoDir: true,
	name: true,
	negative: true,
	model: true,
} satisfies Record<Exclude<keyof NewPrompt, 'files'>, true>);

function parseLine(file: string, {number, text}: Line): Partial<NewPrompt> & {text: string} {
	const fail = (why: string) =>
		new CosmosError('usage', `${file}:${number}: ${why}`, {
			hint: 'Objects over several lines, lists and specs of other programs: --from FILE. Here one object stands in each line, such as {"text": "A street", "videoDir": "shots/042", "name": "street"}.',
		});
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw fail('is not a whole JSON object');
	}

	if (Array.isArray(value)) {
		throw fail('is a list: here each line has one object');
	}

	// A structured text may stand there as the object that it is.
	const entries = Object.entries(value as object).map(([key, one]) =>
		key === 'text' && typeof one === 'object' && one !== null && !Array.isArray(one)
			? [key, JSON.stringify(one)]
			: [key, one],
	) as Array<[string, unknown]>;
	const wrong = entries.find(([key, one]) => !keys.includes(key) || typeof one !== 'string');
	if (wrong) {
		throw fail(`"${wrong[0]}" is not one of ${keys.join(', ')} with a text`);
	}

	const prompt = Object.fromEntries(entries) as Partial<NewPrompt>;
	if (prompt.text === undefined) {
		throw fail('has no "text"');
	}

	const problem = textProblem(prompt.text);
	if (problem) {
		throw fail(`"text" ${problem}`);
	}

	return {...prompt, text: prompt.text};
}
