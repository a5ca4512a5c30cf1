import {ExitError, repr} from './python-error.js';

/** A flag of a program. Without `kind` it takes no value and is false until it is given. */
export type Flag = {
	/** Without dashes; the value's name in the result. */
	name: string;
	kind?: 'str' | 'int' | 'float';
	default?: Value;
	choices?: readonly (string | number)[];
	required?: true;
};

export type Value = string | number | boolean | undefined;

export type Parser = {
	program: string;
	flags: readonly Flag[];
	/**
	 * Names of what follows the flags: the first word without a dash ends them, and it and all
	 * after it are `rest`. Without it no such word is allowed.
	 */
	rest?: readonly [string, string];
};

export type Parsed = {values: Record<string, Value>; rest: string[]};

const negativeNumber = /^-\d+$|^-\d*\.\d+$/;

/**
 * Reads a command line as Python's argparse does: `--flag value`, `--flag=value`, unambiguous
 * beginnings of a flag; same messages, status 2.
 * @throws ExitError with usage and message
 */
export function parseArguments(parser: Parser, words: readonly string[]): Parsed {
	if (!parser.rest) {
		// As in Python a word that could be two flags is found before anything else is.
		const end = words.indexOf('--');
		for (const word of end < 0 ? words : words.slice(0, end)) {
			looksLikeFlag(word, parser);
		}
	}

	const values: Record<string, Value> = {};
	for (const flag of parser.flags) {
		values[flag.name] = flag.kind ? flag.default : false;
	}

	const given = new Set<string>();
	const unknown: string[] = [];
	let at = 0;
	while (at < words.length) {
		const word = words[at] as string;
		const flag = looksLikeFlag(word, parser) ? findFlag(parser, splitFlag(word)[0]) : undefined;
		if (flag) {
			given.add(flag.name);
			const taken = takeValue(parser, flag, word, words[at + 1]);
			values[flag.name] = taken.value;
			at += taken.words;
			continue;
		}

		if (parser.rest && (word === '--' || !looksLikeFlag(word, parser))) {
			at += word === '--' ? 1 : 0;
			break;
		}

		// After `--` no word is a flag, and no word that is none has a place.
		const end = word === '--' ? words.length : at + 1;
		unknown.push(...words.slice(at, end));
		at = end;
	}

	const rest = words.slice(at);
	checkComplete(parser, given, rest, unknown);
	return {values, rest};
}

/** The value of a flag, and how many words it and the flag are. */
function takeValue(
	parser: Parser,
	flag: Flag,
	word: string,
	next: string | undefined,
): {value: Value; words: number} {
	const inline = splitFlag(word)[1];
	if (!flag.kind) {
		if (inline !== undefined) {
			throw failure(parser, `argument --${flag.name}: ignored explicit argument ${repr(inline)}`);
		}

		return {value: true, words: 1};
	}

	if (inline !== undefined) {
		return {value: convert(parser, flag, inline), words: 1};
	}

	if (next === undefined || next === '--' || looksLikeFlag(next, parser)) {
		throw failure(parser, `argument --${flag.name}: expected one argument`);
	}

	return {value: convert(parser, flag, next), words: 2};
}

function checkComplete(
	parser: Parser,
	given: ReadonlySet<string>,
	rest: readonly string[],
	unknown: readonly string[],
): void {
	const missing = [
		...parser.flags
			.filter(flag => flag.required && !given.has(flag.name))
			.map(flag => `--${flag.name}`),
		...(parser.rest && rest.length === 0 ? parser.rest : []),
	];
	if (missing.length > 0) {
		throw failure(parser, `the following arguments are required: ${missing.join(', ')}`);
	}

	if (unknown.length > 0) {
		throw failure(parser, `unrecognized arguments: ${unknown.join(' ')}`);
	}
}

function looksLikeFlag(word: string, parser: Parser): boolean {
	if (!word.startsWith('-') || word === '-' || word === '--') {
		return false;
	}

	const [name] = splitFlag(word);
	return findFlag(parser, name) !== undefined || !(negativeNumber.test(word) || word.includes(' '));
}

function splitFlag(word: string): [string, string | undefined] {
	const equals = word.indexOf('=');
	return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

/** @throws ExitError for `-h`, and when several flags begin so */
function findFlag(parser: Parser, name: string): Flag | undefined {
	if (name === '-h' || name === '--help') {
		throw new ExitError(0, usage(parser));
	}

	if (!name.startsWith('--')) {
		return undefined;
	}

	const exact = parser.flags.find(flag => `--${flag.name}` === name);
	const beginning = parser.flags.filter(flag => `--${flag.name}`.startsWith(name));
	if (!exact && beginning.length > 1) {
		const could = beginning.map(flag => `--${flag.name}`).join(', ');
		throw failure(parser, `ambiguous option: ${name} could match ${could}`);
	}

	return exact ?? beginning[0];
}

const numberPatterns = {
	int: /^\s*[+-]?\d+(?:_\d+)*\s*$/,
	float:
		/^\s*[+-]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?|inf(?:inity)?|nan)\s*$/i,
};

/** A number as Python's `int` and `float` read it; undefined when they refuse it. */
export function pythonNumber(text: string, kind: 'int' | 'float'): number | undefined {
	if (!numberPatterns[kind].test(text)) {
		return undefined;
	}

	const plain = text.trim().replaceAll('_', '').toLowerCase();
	const infinite = /^([+-]?)inf/.exec(plain);
	return infinite ? Number(`${infinite[1]}Infinity`) : Number(plain);
}

function convert(parser: Parser, flag: Flag, text: string): Value {
	const value = flag.kind === 'int' || flag.kind === 'float' ? pythonNumber(text, flag.kind) : text;
	if (value === undefined) {
		throw failure(parser, `argument --${flag.name}: invalid ${flag.kind} value: ${repr(text)}`);
	}

	if (flag.choices && !flag.choices.includes(value)) {
		const shown = (choice: string | number) =>
			typeof choice === 'string' ? repr(choice) : String(choice);
		const choices = flag.choices.map(shown).join(', ');
		throw failure(
			parser,
			`argument --${flag.name}: invalid choice: ${shown(value)} (choose from ${choices})`,
		);
	}

	return value;
}

function failure(parser: Parser, message: string): ExitError {
	return new ExitError(2, `${usage(parser)}${parser.program}: error: ${message}\n`);
}

/** The usage text, in lines of 78 characters as argparse wraps them for a pipe. */
function usage({program, flags, rest}: Parser): string {
	const parts = ['[-h]'];
	for (const flag of flags) {
		const metavar = flag.choices ? `{${flag.choices.join(',')}}` : flag.name.toUpperCase();
		const text = flag.kind ? `--${flag.name} ${metavar}` : `--${flag.name}`;
		// Python splits a line even within a flag that must be given.
		parts.push(...(flag.required ? text.split(' ') : [`[${text}]`]));
	}

	if (rest) {
		parts.push(rest[0], '...');
	}

	const indent = ' '.repeat(`usage: ${program} `.length);
	const lines: string[] = [];
	let line = `usage: ${program}`;
	for (const part of parts) {
		if (line.length + 1 + part.length > 78 && line.trim() !== '') {
			lines.push(line);
			line = indent.slice(1);
		}

		line += ` ${part}`;
	}

	return `${[...lines, line].join('\n')}\n`;
}
