import {parseDecimal} from '../../domain/decimal.js';
import {CosmosError, messageOf} from '../../domain/errors.js';
import {nearestWord} from '../../domain/nearest-word.js';
import {flagName} from '../../domain/settings/settings.js';
import {commonFlags, type Flag, type Verb, type Words} from '../verb.js';
import {type ParsedWords, readPlainWords} from './plain-words.js';
import {splitRest} from './rest-words.js';

/**
 * Parses the words after a verb.
 * @throws CosmosError (usage) that names the wrong word and the nearest right one
 */
export async function parseWords(verb: Verb, argv: readonly string[]): Promise<Words> {
	const flags = [...verb.flags, ...commonFlags];
	const {own, rest} = splitRest(argv, flags);
	const [unsigned, signed] = verb.takesSigned ? splitSigned(own, flags) : [own, []];
	const joined = joinCounted(unsigned, flags);
	const {input: plain, flags: given} =
		readPlainWords(joined, flags) ?? (await parse(verb, flags, joined));
	const input = [...plain, ...signed];
	const strange = wordsBeforeEnd(joined).find(word => /^-{3,}/.test(word));
	if (strange !== undefined) {
		throw new CosmosError('usage', `\`cosmos ${verb.name}\` has no flag ${strange}`, {
			hint: helpHint(verb),
		});
	}

	for (const key of Object.keys(given)) {
		if (!flags.some(flag => flag.key === key)) {
			throw unknownFlag(verb, key, flags);
		}
	}

	for (const {key, kind} of flags) {
		if (kind === 'text' && given[key] === '') {
			throw new CosmosError('usage', `${flagName(key)} needs a value`, {hint: helpHint(verb)});
		}
	}

	const words: Words = {
		args: input,
		text: key => given[key] as string | undefined,
		on: key => given[key] === true,
		off: key => given[key] === false,
		whole: (key, min) => wholeNumber(key, given[key] as string | undefined, min),
		rest: key => (rest?.key === key ? rest.words : undefined),
	};
	if (!words.on('help')) {
		checkCount(verb, input);
	}

	return words;
}

/** All accepted forms of arguments, and the errors for the others. */
export async function parse(
	verb: Verb,
	flags: readonly Flag[],
	argv: readonly string[],
): Promise<ParsedWords> {
	const {default: meow} = await import('meow');
	try {
		return meow('', {
			importMeta: import.meta,
			argv: withDashes(withQuotes(argv), flags),
			pkg: {name: 'cosmos'},
			autoHelp: false,
			autoVersion: false,
			// An absent switch stays undefined, so that a default can come from elsewhere.
			booleanDefault: undefined,
			flags: Object.fromEntries(
				flags.map(({key, kind, shortFlag}) => [
					key,
					{type: kind === 'switch' ? 'boolean' : 'string', ...(shortFlag && {shortFlag})},
				]),
			) as Record<string, {type: 'boolean' | 'string'}>,
		}) as ParsedWords;
	} catch (error) {
		throw new CosmosError('usage', messageOf(error), {hint: helpHint(verb), cause: error});
	}
}

/** `--text="a"` becomes `--text=""a""`: the parser takes one pair of quotes off, as if it were a shell. */
function withQuotes(argv: readonly string[]): string[] {
	const plain = wordsBeforeEnd(argv);
	return argv.map((word, index) => {
		const [, name, value] = /^(--[^=]+)=((["'])[\s\S]*\3)$/.exec(word) ?? [];
		return name && index < plain.length ? `${name}="${value}"` : word;
	});
}

function takesValue(flags: readonly Flag[], word: string | undefined): boolean {
	return flags.some(({key, kind}) => kind === 'text' && flagName(key) === word);
}

/** `--text -` becomes `--text=-`: the parser takes a bare dash for a word of its own. */
function withDashes(argv: readonly string[], flags: readonly Flag[]): string[] {
	const plain = wordsBeforeEnd(argv);
	return [...plain, ...argv.slice(plain.length)].flatMap((word, index) => {
		if (index >= plain.length) {
			return [word];
		}

		const isValue = word === '-' && takesValue(flags, argv[index - 1]);
		return isValue ? [] : [takesValue(flags, word) && argv[index + 1] === '-' ? `${word}=-` : word];
	});
}

/** What comes after `--` is a word, whatever it looks like. */
function wordsBeforeEnd(argv: readonly string[]): readonly string[] {
	const end = argv.indexOf('--');
	return end < 0 ? argv : argv.slice(0, end);
}

/** Separates words such as `+a` and `-b` from the others; those of one letter may be flags. */
function splitSigned(argv: readonly string[], flags: readonly Flag[]): [string[], string[]] {
	const isSigned = (word: string) =>
		/^[+-][^-]/.test(word) && !flags.some(({shortFlag}) => word === `-${shortFlag}`);
	return [argv.filter(word => !isSigned(word)), argv.filter(isSigned)];
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

function unknownFlag(verb: Verb, key: string, flags: readonly Flag[]): CosmosError {
	const name = key.length === 1 ? `-${key}` : flagName(key);
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
