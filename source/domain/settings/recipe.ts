/** What can be said of a recipe before it runs: its words, checked and filled in. */
import {messageOf} from '../errors.js';
import {modelNames} from '../models/families.js';
import {nearestWord} from '../nearest-word.js';
import type {InputRole, Recipe} from '../types.js';
import {operations} from './settings.js';

/** What stands for something in an argument of a recipe's command; paths are from the checkout. */
export const placeholders = {
	inputs: 'the folder of its inputs, each under the name of its role: color.mp4, depth.mp4',
	outputs: 'the folder whose files are downloaded',
	prompt: "a file with the prompt's text",
	spec: 'a JSON file with the text, the negative text, the seed and the inputs',
	seed: 'the seed',
	gpus: 'the number of GPUs of the job',
} as const;

/** `{name}`, `{input.ROLE}`, `{setting.NAME}`; doubled braces stand for themselves. */
const written =
	/\{\{((?:input\.|setting\.)?[a-z_][a-z0-9_-]*)\}\}|\{([a-z_]+|(?:input|setting)\.[a-z0-9_-]*)\}/g;

/** A command with its placeholders filled in; what is filled in is not looked at again. */
export function fillCommand(
	command: readonly string[],
	values: Readonly<Record<string, string>>,
): string[] {
	return command.flatMap(argument => {
		const filled = fillIn(argument, values);
		// A switch that is off may have no word: then the command has no argument for it.
		return filled === '' && argument.includes('{setting.') ? [] : [filled];
	});
}

/** An argument with its placeholders filled in. */
export function fillIn(argument: string, values: Readonly<Record<string, string>>): string {
	return argument.replaceAll(written, (whole, literal?: string, name?: string) =>
		literal === undefined ? fillPlaceholder(values, name, whole) : `{${literal}}`,
	);
}

function fillPlaceholder(values: Readonly<Record<string, string>>, name = '', whole = ''): string {
	return (Object.hasOwn(values, name) ? values[name] : undefined) ?? whole;
}

/** Whether a command gets the seed: as a word, or in the file of the spec. */
export const takesSeed = (command: readonly string[]): boolean =>
	usesPlaceholder(command, 'seed') || usesPlaceholder(command, 'spec');

/** Whether a command has a placeholder. */
export function usesPlaceholder(command: readonly string[], name: string): boolean {
	return command.some(argument => namesIn(argument).includes(name));
}

function namesIn(argument: string): string[] {
	return [...argument.matchAll(written)].flatMap(([, , name]) => name ?? []);
}

/** What is wrong with an argument; undefined when nothing is. What it names of a recipe is not checked. */
export function argumentProblem(argument: string): string | undefined {
	const unknown = namesIn(argument).find(
		name => !Object.hasOwn(placeholders, name) && !name.includes('.'),
	);
	if (unknown === undefined) {
		return argument.includes('\0') ? 'contains a NUL character' : undefined;
	}

	const known = Object.keys(placeholders);
	const nearest = nearestWord(unknown, known);
	const hint = nearest
		? `did you mean {${nearest}}?`
		: `there is ${known.map(name => `{${name}}`).join(', ')}, {input.ROLE}, {setting.NAME}.`;
	return `unknown placeholder {${unknown}}; ${hint} {{${unknown}}} means the braces themselves`;
}

/** A placeholder for an input or a setting that the recipe does not have; undefined when there is none. */
export function namesProblem({
	command,
	inputs,
	settings,
}: {
	command: readonly string[];
	inputs: readonly string[];
	settings: readonly string[];
}): string | undefined {
	const known = [
		...inputs.map(role => `input.${role}`),
		...settings.map(name => `setting.${name}`),
	];
	const unknown = command
		.flatMap(namesIn)
		.find(name => name.includes('.') && !known.includes(name));
	if (unknown === undefined) {
		return undefined;
	}

	const nearest = nearestWord(unknown, known);
	const isInput = unknown.startsWith('input.');
	const hint = nearest
		? `did you mean {${nearest}}?`
		: isInput
			? 'add the role to inputs'
			: `add a table settings.${unknown.slice('setting.'.length)}`;
	return `the recipe has no ${isInput ? 'input' : 'setting'} for {${unknown}}; ${hint}`;
}

/** The role of what a check looks at: the result of a run. */
export const checkedRole = 'result';

/** The files that a recipe gets, by their roles. */
export const inputRoles = ({kind, inputs}: Partial<Pick<Recipe, 'kind' | 'inputs'>>): InputRole[] =>
	inputs ?? [kind === 'check' ? checkedRole : 'color'];

/** What is wrong with the name of a number in the JSON of a check; undefined when nothing is. */
export function measureProblem(name: string): string | undefined {
	return /^[a-z][\w.-]{0,39}$/i.test(name)
		? undefined
		: 'a measure may have up to 40 letters, digits, dots, dashes and underscores, and starts with a letter';
}

/** What a run's measures call the numbers of a check: `judge.quality`; none of another recipe. */
export const checkMeasures = ({
	name,
	kind,
	measures = [],
}: Pick<Recipe, 'name' | 'kind' | 'measures'>): string[] =>
	kind === 'check' ? measures.map(one => `${name}.${one}`.toLowerCase()) : [];

/** Names that flags of a launch have already. */
const takenSettings = [
	...[
		'seed',
		'time_limit',
		'host',
		'stream',
		'json',
		'dry_run',
		'detach',
		'preset',
		'batch',
		'after',
	],
	...[
		'on_finish',
		'help',
		'data',
		'config',
		'quiet',
		'debug',
		'trust_command',
		'model',
		'mode',
		'weights',
	],
];
const longestSetting = 30;

/** Why a setting of a recipe cannot have a name; undefined when it can. */
export function settingNameProblem(name: string): string | undefined {
	if (!/^[a-z][a-z0-9_]*$/.test(name) || name.length > longestSetting) {
		return `the name of a setting may have up to ${longestSetting} lower-case letters, digits and underscores, and starts with a letter`;
	}

	return takenSettings.includes(name) ? `${name} is reserved; choose another name` : undefined;
}

/** What is wrong with the name of a role; undefined when nothing is. A file on the host is named by it. */
export function roleProblem(role: string): string | undefined {
	return /^[a-z][a-z0-9_-]{0,39}$/.test(role)
		? undefined
		: 'a role may have up to 40 lower-case letters, digits, dashes and underscores, and starts with a letter';
}

/** What is wrong with a pattern for lines of the log; undefined when nothing is. */
export function failureProblem(pattern: string): string | undefined {
	if (pattern === '' || pattern.length > longestPattern) {
		return `a pattern has 1 to ${longestPattern} characters`;
	}

	try {
		new RegExp(pattern);
		return undefined;
	} catch (error) {
		return `is not a valid regular expression: ${messageOf(error)}`;
	}
}

const longestName = 24;

/** Why a recipe cannot have a name; undefined when it can. A list shows it where others have a kind. */
export function nameProblem(name: string): string | undefined {
	if (!/^[a-z][a-z0-9_-]*$/.test(name) || name.length > longestName) {
		return `a recipe name may have up to ${longestName} lower-case letters, digits, dashes and underscores, and starts with a letter`;
	}

	const taken: readonly string[] = [...operations, ...modelNames];
	return taken.includes(name) ? `${name} is reserved; choose another name` : undefined;
}

const longestPattern = 200;

/** What is wrong with a pattern of outputs; undefined when nothing is. */
export function outputProblem(pattern: string): string | undefined {
	if (pattern.length > longestPattern) {
		return `is longer than ${longestPattern} characters`;
	}

	if (/[\\\u0000-\u001f]/.test(pattern)) {
		return 'contains a backslash or a control character; use / between folders';
	}

	if (/^(?:\/|~|[A-Za-z]:)/.test(pattern)) {
		return 'starts outside the output folder; give a path inside it';
	}

	const parts = pattern.split('/');
	if (parts.includes('..')) {
		return 'leaves the output folder; give a path inside it';
	}

	return parts.some(part => part === '' || part === '.')
		? 'has an empty part; give names, * and ? with a / between folders'
		: undefined;
}

/**
 * Whether a file is one of those that a pattern means: `*` and `?` stay within a folder, `**` is any
 * folders or none.
 * @param name relative, `/` between parts
 */
export function matchesPattern(pattern: string, name: string): boolean {
	return fits(pattern.split('/'), name.split('/'), '**', (part, own) =>
		fits([...part], [...own], '*', (sign, letter) => sign === '?' || sign === letter),
	);
}

/**
 * Whether items are as a pattern has them, in which `many` stands for any number of them. Only the
 * last `many` is ever tried again, so that no pattern takes long.
 */
function fits(
	pattern: readonly string[],
	items: readonly string[],
	many: string,
	isOne: (sign: string, item: string) => boolean,
): boolean {
	let at = 0;
	let last = -1;
	let from = 0;
	for (let next = 0; next < items.length; ) {
		const sign = pattern[at];
		if (sign === many) {
			last = at++;
			from = next;
		} else if (sign !== undefined && isOne(sign, items[next] as string)) {
			at++;
			next++;
		} else if (last >= 0) {
			at = last + 1;
			next = ++from;
		} else {
			return false;
		}
	}

	return pattern.slice(at).every(sign => sign === many);
}

/** What is wrong with the pattern of a progress; undefined when nothing is. */
export function progressProblem(pattern: string): string | undefined {
	if (pattern.length > longestPattern) {
		return `is longer than ${longestPattern} characters`;
	}

	try {
		new RegExp(pattern);
	} catch (error) {
		return `is not a valid regular expression: ${messageOf(error)}`;
	}

	const groups = groupsIn(pattern);
	return groups === 1 || groups === 2
		? undefined
		: `has ${groups} groups: use one for percent, or two for done and total`;
}

/**
 * How many groups a valid pattern has. It is not run: one such as `((a?){99}){99}` may take for ever on
 * an empty text.
 */
function groupsIn(pattern: string): number {
	const plain = pattern.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/gs, '');
	return plain.match(/\((?!\?(?!<[^=!]))/g)?.length ?? 0;
}
