/**
 * Phrases that sound translated, and what to write instead. They are looked for in every string of the
 * source with more than one word, and in the help, the manual and the documentation.
 */
import {describe, expect, it} from 'vitest';
import {overview, verbHelp} from '../../source/commands/help.js';
import {verbs} from '../../source/commands/verbs.js';
import {cliPage, manPage} from './manual.js';
import {literalsOf, type PrintedText, sourceTexts, writtenTexts} from './printed-texts.js';

const banned: ReadonlyArray<readonly [RegExp, instead: string]> = [
	// Metaphors of our own.
	[/(?<![\w.<"`/-])lanes?\b(?![/*`"<])/i, 'slot'],
	[/(?<![#`])\bkeepers?\b(?! rain| -draft|, -draft|\s*(?:to|on|and) )/i, 'supervisor'],
	[/\bdeeds?\b|\bobeys?\b|\bwishes\b/i, 'action, follow, request'],
	[/\b(?:at|comes?|came|brings?|brought|is|are|was) home\b/i, 'on your machine, downloaded'],
	[/\b(?:brings?|brought|bringing)\b.*\bhome\b/i, 'download'],
	[/\bpart(?:s|ed|ing) (?:again|them|a batch)\b/i, 'unmerge, split'],
	[/\btak(?:es?|en|ing) (?:it|them|that|one|a run|what \w+|all) up\b|\btaken up\b/i, 'resume'],
	[/\bworks? (?:it|the queue|a slot|jobs?) off\b|\bworked off\b/i, 'run'],
	[/\bstands? still\b|\bholds? still\b/i, 'pause'],
	[/\bat hand\b/i, 'selected'],
	[/\bonly looks on\b/i, 'is read-only'],
	// Word for word from another language.
	[
		/\b(?:is|are|was|were) told (?:of|from|apart)\b|\btells? of\b|\btells more\b/i,
		'report, notify, differ',
	],
	[/\bwith what to do\b|\bwhat to do where\b|\bone is not so\b/i, 'how to fix'],
	[/\b(?:is|was) made$|\bis kept; forms\b/i, 'Created, Saved'],
	[/\bafter a (?:look|question)\b/i, 'asks first'],
	[/\bround the end\b/i, 'wrapped to the top'],
	[/\bmost in one\b/i, 'max per batch'],
	[/\bcounts only without\b/i, 'only when'],
	[/\bby going first\b/i, 'running first'],
	[/\bwho computes\b|\bwhat computes\b/i, 'who is using it'],
	[/\bhas (?:another|the same) than\b/i, 'differs from'],
	[/\bof (?:yours|ours|theirs)\b/i, 'your own'],
	[/\bwhen you say (?:yes|so)\b/i, 'after you confirm'],
	[/\bfor good\b/i, 'permanently'],
	[/\ball is well\b/i, 'no problems found'],
	[/\bmended?\b|\bmends\b/i, 'repair, fix'],
	[/\b(?:for|goes on for) ever\b/i, 'until it is stopped'],
	[/\bis from \d|\bis a (?:whole )?number$/i, 'must be'],
	[/^It is: /, 'expected one of'],
	[/\bhas these words\b|\bnow has this name\b/i, 'No matches'],
	[/\b(?:on the way|under way) (?:home|here)\b/i, 'being downloaded'],
	[/\bthe (?:day|algorithms?) of today\b/i, 'current'],
	[/\b(?:not )?let in\b/i, 'login refused'],
	[/\ba fault of this program\b/i, 'a bug in this program'],
	[/\bstands in the (?:configuration|line|way)\b/i, 'is in'],
	[/\bthose that there are\b|\bthe note there is\b/i, 'lists them'],
];

const every = verbs.flatMap(verb => [verb, ...(verb.parts ?? [])]);
const rendered: PrintedText[] = [
	['help', overview(verbs, '0')] as const,
	...every.map(verb => [`help of ${verb.name}`, verbHelp(verb)] as const),
	['docs/cli.md', cliPage(verbs)] as const,
	['man', manPage(verbs, '0')] as const,
].flatMap(([file, page]) => page.split('\n').map((text, index) => ({file, line: index + 1, text})));

function found(texts: readonly PrintedText[]): string[] {
	return texts.flatMap(({file, line, text}) =>
		banned.flatMap(([phrase, instead]) => {
			const [match] = phrase.exec(text) ?? [];
			return match === undefined ? [] : [`${file}:${line}: "${match}", write: ${instead}`];
		}),
	);
}

describe('plain English', () => {
	it('is what the help, the manual and the reference print', () => {
		expect(rendered.length).toBeGreaterThan(1000);
		expect(found(rendered)).toEqual([]);
	});

	it('is what the messages in the source say', () => {
		const texts = sourceTexts();
		expect(texts.length).toBeGreaterThan(1500);
		expect(texts.map(({text}) => text)).toContain('nothing was deleted\n');
		expect(found(texts)).toEqual([]);
	});

	it('is what the documentation says', () => {
		expect(found(writtenTexts())).toEqual([]);
	});

	it.each([
		'the result is at home',
		'brings the outputs of a run home',
		'two lanes, gpu0 and gpu1-2',
		'the next start takes it up',
		'the merged jobs are parted again',
		'noise counts only without a new prompt',
	])('has no place for "%s"', text => {
		expect(found([{file: 'example', line: 1, text}])).toHaveLength(1);
	});
});

describe('the strings of a source file', () => {
	it('are found in quotes and in templates, without comments and patterns', () => {
		const code = [
			"const a = 'it is here'; // 'not this'",
			// biome-ignore lint/suspicious/noTemplateCurlyInString: it is code to read
			'/* "nor this" */ const b = /[/\'"]x\'/.test(a) ? `one ${f("two {} words")} three` : a / 2;',
			"const c = 'it\\'s';",
		].join('\n');
		expect(literalsOf(code).map(({text, line}) => [line, text])).toEqual([
			[1, 'it is here'],
			[2, 'two {} words'],
			[2, 'one … three'],
			[3, "it's"],
		]);
	});
});
