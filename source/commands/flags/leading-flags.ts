import {commonFlags, flagNames} from '../verb.js';

/**
 * Splits a call before its verb. Flags of every verb may stand there too, as in a shell's alias:
 * `cosmos --data DIR list runs`.
 */
export function splitLeadingFlags(argv: readonly string[]): {
	leading: readonly string[];
	words: readonly string[];
} {
	let at = 0;
	for (let word = argv[at]; word?.startsWith('-'); word = argv[at]) {
		const [name] = word.split('=');
		const flag = commonFlags.find(
			one => one.key !== 'help' && flagNames(one).includes(name as string),
		);
		if (!flag || (flag.kind === 'switch' && name !== word)) {
			break;
		}

		at += flag.kind === 'text' && name === word ? 2 : 1;
	}

	return {leading: argv.slice(0, at), words: argv.slice(at)};
}
