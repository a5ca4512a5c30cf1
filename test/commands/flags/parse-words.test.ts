import {describe, expect, it} from 'vitest';
import {parseWords} from '../../../source/commands/flags/parse-words.js';
import {verbs} from '../../../source/commands/verbs.js';

function findVerb(name: string) {
	const verb = verbs.find(one => one.name === name);
	if (!verb) {
		throw new Error(`there is no ${name}`);
	}

	return verb;
}

const inference = findVerb('inference');

describe('the words of a call', () => {
	it.each([
		['a value as the next word', ['--host', 'h100'], 'h100'],
		['a value behind =', ['--host=h100'], 'h100'],
		['a value with = in it', ['--host=a=b'], 'a=b'],
		['a dash, which stands for standard input', ['--host', '-'], '-'],
		['a number below 0', ['--host', '-1.5'], '-1.5'],
		['a value like a flag behind =', ['--host=--x'], '--x'],
		['quotes, which belong to the value', ['--host="h100"'], '"h100"'],
		['spaces', ['--host', ' '], ' '],
	])('may have %s', (_name, given, host) => {
		const words = parseWords(inference, ['latest', ...given, 'ps_1']);
		expect(words.text('host')).toBe(host);
		expect(words.args).toEqual(['latest', 'ps_1']);
	});

	it.each([
		['--stream', true, false],
		['--stream=true', true, false],
		['--no-stream', false, true],
		['--stream=false', false, true],
	])('turn a switch on or off: %s', (word, on, off) => {
		const words = parseWords(inference, [word, 'latest', word]);
		expect([words.on('stream'), words.off('stream')]).toEqual([on, off]);
		expect(words.args).toEqual(['latest']);
	});

	it('may have short flags, together or with their value', () => {
		const words = parseWords(findVerb('logs'), ['-fq', 'latest']);
		expect([words.on('follow'), words.on('quiet')]).toEqual([true, true]);
		for (const given of [['-o', 'night'], ['-onight'], ['-o=night']]) {
			expect(parseWords(findVerb('report'), given).text('to')).toBe('night');
		}
	});

	it('after -- are no flags', () => {
		const words = parseWords(inference, ['--stream', '--', '--host', '-x']);
		expect(words.args).toEqual(['--host', '-x']);
		expect(words.on('stream')).toBe(true);
	});

	it('may be numbers below 0', () => {
		expect(parseWords(findVerb('rate'), ['latest', '-1']).args).toEqual(['latest', '-1']);
		expect(parseWords(findVerb('tag'), ['-old', 'latest', '+new']).args).toEqual([
			'-old',
			'latest',
			'+new',
		]);
	});

	it('may begin with a sign where a verb takes such words', () => {
		const words = parseWords(findVerb('tag'), ['latest', '+a', '-night', '-q']);
		expect(words.args).toEqual(['latest', '+a', '-night']);
		expect(words.on('quiet')).toBe(true);
	});

	it.each([
		['no value', ['--host'], '--host needs a value'],
		['an empty value', ['--host='], '--host needs a value'],
		['a flag for a value', ['--host', '--stream'], '--host needs a value'],
		['a flag that there is not', ['-x'], 'has no flag -x'],
		['a flag of dashes', ['---x'], 'has no flag ---x'],
		['a text that is turned off', ['--no-host'], 'has no flag --no-host'],
		['a value twice', ['--host', 'a', '--host', 'b'], '--host is given twice'],
		['a name that every object has', ['--constructor'], 'has no flag --constructor'],
	])('are refused with %s', (_name, given, problem) => {
		expect(() => parseWords(inference, ['latest', ...given])).toThrow(problem);
	});
});

describe('a mistyped flag', () => {
	it.each([
		['--stpes', '--steps'],
		['--hots', '--host'],
		['--dryrun', '--dry-run'],
	])('%s suggests %s', (typed, meant) => {
		expect(() => parseWords(inference, ['latest', typed, '1'])).toThrow(
			expect.objectContaining({kind: 'usage', hint: `Did you mean ${meant}?`}),
		);
	});
});
