import {flagName} from '../../domain/settings/settings.js';
import type {Flag} from '../verb.js';

export type ParsedWords = {input: string[]; flags: Record<string, unknown>};

/**
 * Parses a simple call, in which each flag is known, has its value and occurs once. Undefined for
 * every other call: the full parser then reads it or reports what is wrong. Loading that parser takes
 * longer than a short verb takes to run.
 */
export function readPlainWords(
	argv: readonly string[],
	flags: readonly Flag[],
): ParsedWords | undefined {
	const read: ParsedWords = {input: [], flags: {}};
	for (let index = 0; index < argv.length; index++) {
		const word = argv[index] as string;
		if (!word.startsWith('-') || word === '-') {
			read.input.push(word);
			continue;
		}

		const [flag, value] = meaningOf(word, flags) ?? [];
		if (!flag || flag.key in read.flags) {
			return undefined;
		}

		const given = value ?? argv[++index];
		if (given === undefined || given === '') {
			return undefined;
		}

		if (typeof given === 'string' && value === undefined && isDoubtful(given)) {
			return undefined;
		}

		read.flags[flag.key] = given;
	}

	return read;
}

/** The flag of a word, and its value unless that is the next word. */
function meaningOf(
	word: string,
	flags: readonly Flag[],
): [Flag, string | boolean | undefined] | undefined {
	for (const flag of flags) {
		const name = flagName(flag.key);
		const isSwitch = flag.kind === 'switch';
		if (word === name || (flag.shortFlag && word === `-${flag.shortFlag}`)) {
			return [flag, isSwitch || undefined];
		}

		if (isSwitch && word === name.replace('--', '--no-')) {
			return [flag, false];
		}

		if (!isSwitch && word.startsWith(`${name}=`)) {
			return [flag, word.slice(name.length + 1)];
		}
	}

	return undefined;
}

/** A value that may be meant as a flag. */
function isDoubtful(value: string): boolean {
	return value.startsWith('-') && value !== '-';
}
