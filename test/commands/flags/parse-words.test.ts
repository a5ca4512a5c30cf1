import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parse, parseWords} from '../../../source/commands/flags/parse-words.js';
import {readPlainWords} from '../../../source/commands/flags/plain-words.js';
import {commonFlags} from '../../../source/commands/verb.js';
import {verbs} from '../../../source/commands/verbs.js';
import {flagName} from '../../../source/domain/settings/settings.js';

const inference = verbs.find(({name}) => name === 'inference');
if (!inference) {
	throw new Error('there is no inference');
}

const flags = [...inference.flags, ...commonFlags];
const flagWord = fc.constantFrom(...flags.map(({key}) => flagName(key)));
const word = fc.oneof(
	flagWord,
	flagWord.map(name => name.replace('--', '--no-')),
	fc.tuple(flagWord, fc.string()).map(([name, value]) => `${name}=${value}`),
	fc.tuple(flagWord, fc.constantFrom('""', "'a'", '"a=b"', '"')).map(parts => parts.join('=')),
	fc.constantFrom(
		'latest',
		'ps_6x0k',
		'-q',
		'-h',
		'-x',
		'-1',
		'-',
		'0.5',
		'NaN',
		'',
		' ',
		'--',
		'---',
		'"in quotes"',
	),
	fc.string(),
);

describe('the quick reader of plain words', () => {
	it('parses a call as the full parser does, or leaves it to that', async () => {
		let read = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(word, {maxLength: 6}), async words => {
				const quick = readPlainWords(words, flags);
				if (quick) {
					read++;
					const {input, flags: given} = await parse(inference, flags, words);
					const isSet = ([, value]: [string, unknown]) => value !== undefined;
					expect(quick).toEqual({
						input,
						flags: Object.fromEntries(Object.entries(given).filter(isSet)),
					});
				}
			}),
			{numRuns: 2000},
		);
		expect(read).toBeGreaterThan(100);
	});
});

describe('a mistyped flag', () => {
	it.each([
		['--stpes', '--steps'],
		['--hots', '--host'],
		['--dryrun', '--dry-run'],
	])('%s suggests %s', async (typed, meant) => {
		await expect(parseWords(inference, ['latest', typed, '1'])).rejects.toMatchObject({
			kind: 'usage',
			hint: `Did you mean ${meant}?`,
		});
	});
});
