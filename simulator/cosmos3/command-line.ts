import {pythonNumber} from '../python/argparse.js';
import {type Files, isFailure, type Problem, validationError} from '../python/pydantic.js';
import {ExitError} from '../python/python-error.js';
import type {Dict, PythonValue} from '../python/values.js';
import {sampleKind} from './fields.js';
import {type Flag, flags} from './flags.js';

/** The command line, checked. */
export type CommandLine = {
	inputs: string[];
	/** The run's flags by their names. */
	setup: Dict;
	/** The fields that it sets in every sample. */
	overrides: Dict;
};

/**
 * Reads the words after the module, as tyro does: names with dashes or underscores, `--x` and
 * `--no-x`, several words after a flag that takes a list, the last of equal flags.
 * @throws ExitError (2) for words that cannot be read, PythonError for values out of range
 */
export function readCommandLine(words: readonly string[], files: Files): CommandLine {
	const given = readWords(words);
	const missing = [...flags].filter(
		([name, {value}]) => value === undefined && !Object.hasOwn(given.values, name),
	);
	if (missing.length > 0) {
		const names = missing.map(([name]) => dashed(name)).join(', ');
		throw refused('Required options', `The following arguments are required: ${names}`);
	}

	if (given.unknown.length > 0) {
		throw refused('Unrecognized options', `Unrecognized options: ${given.unknown.join(' ')}`);
	}

	const sampleValues: Dict = {};
	for (const [name, {ofSample}] of flags) {
		if (ofSample && Object.hasOwn(given.values, name)) {
			sampleValues[name] = given.values[name] ?? null;
		}
	}

	const sample = sampleKind(sampleValues, files);
	if (isFailure(sample)) {
		throw validationError('OmniSampleOverrides', sample);
	}

	const set = Object.entries(sample as Dict).filter(([, value]) => value !== null);
	const setup = checkSetup(given.values, files);
	return {
		inputs: given.values.input_files as string[],
		setup,
		overrides: Object.fromEntries(set),
	};
}

function checkSetup(given: Dict, files: Files): Dict {
	const setup: Dict = {};
	const problems: Problem[] = [];
	for (const [name, {kind, value, ofSample}] of flags) {
		if (ofSample || name === 'input_files') {
			continue;
		}

		const input = (Object.hasOwn(given, name) ? given[name] : value) ?? null;
		const result = input === null ? null : kind(input, files);
		if (isFailure(result)) {
			problems.push(
				...result.map(problem => ({...problem, location: [name, ...problem.location]})),
			);
		} else {
			setup[name] = result as PythonValue;
		}
	}

	if (problems.length > 0) {
		throw validationError('OmniSetupOverrides', problems);
	}

	return setup;
}

function readWords(words: readonly string[]): {values: Dict; unknown: string[]} {
	const values: Dict = {};
	const unknown: string[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] as string;
		const [name, inline] = splitWord(word);
		const found = findFlag(name);
		if (!found) {
			unknown.push(word);
			continue;
		}

		const [key, flag, no] = found;
		const {takes} = flag.kind;
		if (isSwitch(flag)) {
			if (inline !== undefined) {
				throw refused('Parsing error', `Argument '${name}' takes no value`);
			}

			values[key] = !no;
			continue;
		}

		const many = typeof takes === 'object' && 'each' in takes ? takes : undefined;
		const next = words.findIndex((other, index) => index > at && isFlagLike(other));
		const after = words.slice(at + 1, next < 0 ? undefined : next);
		const taken =
			inline === undefined ? (many ? after.slice(0, many.count) : after.slice(0, 1)) : [inline];
		if (taken.length === 0 || (many?.count && taken.length < many.count && taken[0] !== 'None')) {
			throw refused('Parsing error', `Missing value for argument '${dashed(key)}'`);
		}

		at += inline === undefined ? taken.length : 0;
		const optional = flag.value === null || key === 'max_num_seqs';
		values[key] =
			optional && taken[0] === 'None'
				? null
				: many
					? taken.map(text => convert(text, many.each, key))
					: convert(taken[0] as string, takes as 'int', key);
	}

	return {values, unknown};
}

/** A flag that is given with `--x` or `--no-x`; where nothing is a third value it takes a word. */
function isSwitch({kind, value}: Flag): boolean {
	return kind.takes === 'bool' && value !== null;
}

function findFlag(word: string): [name: string, flag: Flag, no: boolean] | undefined {
	for (const [name, flag] of flags) {
		if (word === flag.short) {
			return [name, flag, false];
		}
	}

	const name = word.startsWith('--') ? word.slice(2).replaceAll('-', '_') : '';
	const flag = flags.get(name);
	if (flag) {
		return [name, flag, false];
	}

	const positive = name.replace(/^no_/, '');
	const other = positive === name ? undefined : flags.get(positive);
	return other && isSwitch(other) ? [positive, other, true] : undefined;
}

function splitWord(word: string): [string, string | undefined] {
	const equals = word.startsWith('--') ? word.indexOf('=') : -1;
	return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

function isFlagLike(word: string): boolean {
	return word.startsWith('-') && word !== '-' && !/^-\d*\.?\d+$/.test(word);
}

type Takes = 'int' | 'float' | 'str' | 'bool' | undefined;

function convert(
	text: string,
	takes: Takes | {choices: readonly string[]; values: readonly string[]},
	key: string,
): PythonValue {
	const argument = `for argument '${dashed(key)}'`;
	if (takes === 'int' || takes === 'float') {
		if (pythonNumber(text, takes) === undefined) {
			throw refused('Parsing error', `invalid ${takes} value '${text}' ${argument}`);
		}

		return takes === 'int'
			? BigInt(text.trim().replaceAll('_', '').replace(/^\+/, ''))
			: (pythonNumber(text, takes) as number);
	}

	const {choices, values} =
		takes === 'bool'
			? {choices: ['True', 'False'], values: [true, false]}
			: typeof takes === 'object'
				? takes
				: {choices: [text], values: [text]};
	const value = values[choices.indexOf(text)];
	if (value === undefined) {
		const expected = `expected one of ${choices.join(', ')}`;
		throw refused('Parsing error', `invalid choice '${text}' ${argument}: ${expected}`);
	}

	return value;
}

function dashed(name: string): string {
	return `--${name.replaceAll('_', '-')}`;
}

/** tyro's box on stderr. */
function refused(title: string, message: string): ExitError {
	const inner = Math.max(76, message.length + 2);
	const line = (text: string) => `│ ${text.padEnd(inner - 2)} │`;
	return new ExitError(
		2,
		`${[
			`╭─ ${title} ${'─'.repeat(inner - title.length - 3)}╮`,
			line(message),
			`│ ${'─'.repeat(inner - 2)} │`,
			line('For full helptext, run inference.py --help'),
			`╰${'─'.repeat(inner)}╯`,
		].join('\n')}\n`,
	);
}
