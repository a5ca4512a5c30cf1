import {parseArgs} from 'node:util';
import {parseDecimal} from '../../domain/decimal.js';
import {CosmosError} from '../../domain/errors.js';
import {nearestWord} from '../../domain/nearest-word.js';
import {flagName} from '../../domain/settings/settings.js';
import {commonFlags, type Flag, flagNames, type Verb, type Words} from '../verb.js';
import {splitRest} from './rest-words.js';

/**
 * Parses the words after a verb.
 * @throws CosmosError (usage) that names the wrong word and the nearest right one
 */
export function parseWords(verb: Verb, argv: readonly string[]): Words {
	const flags = [...verb.flags, ...commonFlags];
	const {own, rest} = splitRest(argv, flags);
	const {input, given} = readWords(verb, joinCounted(own, flags), flags);
	const words: Words = {
		args: input,
		text: key => given[key] as string | undefined,
		on: key => given[key] === true,
		off: key => given[key] === false,
		whole: (key, min) => wholeNumber(key, given[key] as string | undefined, min),
		rest: key => (rest?.key === key ? rest.words : undefined),
	};
	if (!words.on('help')) {
		checkCount(verb, words.args);
	}

	return words;
}

/** Words and flags apart: a flag's value is its text, or whether a switch is on. */
function readWords(verb: Verb, argv: readonly string[], flags: readonly Flag[]) {
	const names = flags.flatMap(({key, kind, shortFlag}) => {
		const option = {
			type: kind === 'switch' ? ('boolean' as const) : ('string' as const),
			...(shortFlag && {short: shortFlag}),
		};
		return [key, flagName(key).slice(2)].map(name => [name, option] as const);
	});
	const {tokens} = parseArgs({
		args: argv.map((word, index) => (isSigned(argv, index, flags, verb) ? 'word' : word)),
		options: Object.fromEntries(names),
		strict: false,
		tokens: true,
	});
	const input: string[] = [];
	const given: Record<string, string | boolean> = {};
	for (const token of tokens) {
		if (token.kind === 'positional') {
			input.push(argv[token.index] as string);
		} else if (token.kind === 'option') {
			const {key, value} = readFlag(verb, token, flags);
			if (typeof given[key] === 'string') {
				throw new CosmosError('usage', `${flagName(key)} is given twice`, {hint: helpHint(verb)});
			}

			given[key] = value;
		}
	}

	return {input, given};
}

/** A flag as `parseArgs` found it. */
type FoundFlag = {name: string; rawName: string; value?: string; inlineValue?: boolean};

function readFlag(
	verb: Verb,
	{name, rawName, value, inlineValue}: FoundFlag,
	flags: readonly Flag[],
): {key: string; value: string | boolean} {
	const find = (word: string) =>
		flags.find(({key}) => key === word || flagName(key) === `--${word}`);
	const flag = find(name);
	const negated = flag ? undefined : find(name.replace(/^no-/, ''));
	if (negated?.kind === 'switch' && value === undefined) {
		return {key: negated.key, value: false};
	}

	if (!flag) {
		throw unknownFlag(verb, rawName, flags);
	}

	if (flag.kind === 'switch') {
		return {key: flag.key, value: value !== 'false'};
	}

	// What looks like a flag is one, unless it is written as `--text=--x`.
	const isFlag = !inlineValue && value !== undefined && /^-[^\d.]/.test(value);
	const text = isFlag || rawName.startsWith('--') ? value : value?.replace(/^=/, '');
	if (isFlag || !text) {
		throw new CosmosError('usage', `${flagName(flag.key)} needs a value`, {hint: helpHint(verb)});
	}

	return {key: flag.key, value: text};
}

/**
 * Whether a word only looks like a flag: a negative number or, where a verb takes them, a word such as
 * `+a` or `-b`; one of one letter may be a flag.
 */
function isSigned(
	argv: readonly string[],
	index: number,
	flags: readonly Flag[],
	{takesSigned}: Verb,
): boolean {
	const [word, before = ''] = [argv[index] as string, argv[index - 1]];
	return (
		(takesSigned ? /^[+-][^-]/ : /^-\.?\d/).test(word) &&
		!flags.some(flag => flag.kind === 'text' && flagNames(flag).includes(before)) &&
		!flags.some(({shortFlag}) => word === `-${shortFlag}`)
	);
}

/** `--weights 1 0 0 1` becomes `--weights=1,0,0,1`: the parser knows no flag of four words. */
function joinCounted(argv: readonly string[], flags: readonly Flag[]): string[] {
	const joined: string[] = [];
	for (let index = 0; index < argv.length; index++) {
		const word = argv[index] as string;
		if (word === '--') {
			return [...joined, ...argv.slice(index)];
		}

		const flag = flags.find(({key, count}) => count && flagName(key) === word);
		if (!flag?.count) {
			joined.push(word);
			continue;
		}

		const values = argv.slice(index + 1, index + 1 + flag.count);
		const numbers = values.filter(value => /^-?[\d.]/.test(value));
		if (numbers.length < flag.count) {
			throw new CosmosError(
				'usage',
				`${word} needs ${flag.count} numbers (${flag.value}), not ${numbers.length}`,
			);
		}

		joined.push(`${word}=${values.join(',')}`);
		index += flag.count;
	}

	return joined;
}

function wholeNumber(key: string, value: string | undefined, min: number): number | undefined {
	if (value === undefined) {
		return undefined;
	}

	const number = parseDecimal(value);
	if (!Number.isInteger(number) || number < min) {
		throw new CosmosError(
			'usage',
			`${flagName(key)} must be a whole number of at least ${min}, not ${value}`,
		);
	}

	return number;
}

function unknownFlag(verb: Verb, name: string, flags: readonly Flag[]): CosmosError {
	const nearest = nearestWord(
		name,
		flags.map(flag => flagName(flag.key)),
	);
	return new CosmosError('usage', `\`cosmos ${verb.name}\` has no flag ${name}`, {
		hint: nearest ? `Did you mean ${nearest}?` : helpHint(verb),
	});
}

function checkCount(verb: Verb, args: readonly string[]): void {
	const [least, most] = verb.args;
	if (args.length < least) {
		throw new CosmosError('usage', `\`cosmos ${verb.name}\` needs: ${verb.usage}`, {
			hint: helpHint(verb),
		});
	}

	if (args.length > most) {
		throw new CosmosError(
			'usage',
			`\`cosmos ${verb.name}\` does not take the argument "${args[most]}"`,
			{hint: `${helpHint(verb)} Quote a text of several words.`},
		);
	}
}

function helpHint(verb: Verb): string {
	return `See \`cosmos ${verb.name} --help\`.`;
}
