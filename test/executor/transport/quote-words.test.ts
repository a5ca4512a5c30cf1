import {execFileSync} from 'node:child_process';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {loginLine} from '../../../source/executor/transport/login-line.js';
import {quoteWords, readableWords} from '../../../source/executor/transport/quote-words.js';

/** Prints its arguments, each ended by a NUL. */
const printer = ['printf', '%s\\0'];

const word = fc.oneof(
	fc.string({unit: 'binary'}).map(text => text.replaceAll('\0', '')),
	fc.string({
		unit: fc.constantFrom(
			"'",
			'"',
			'\\',
			'$',
			'`',
			'!',
			'\n',
			'\t',
			' ',
			'~',
			'*',
			'-',
			'%',
			'é',
			'🎬',
		),
	}),
);
/** Many at once, as each run starts a shell; a failure is reported immediately, without shrinking. */
const words = fc.array(word, {minLength: 1, maxLength: 60, size: 'max'});

function printed(shell: string, line: string): string[] {
	return execFileSync(shell, ['-c', line], {encoding: 'utf8'}).split('\0').slice(0, -1);
}

test('quoted words pass through a real shell unchanged', () => {
	fc.assert(
		fc.property(words, list => {
			expect(printed('/bin/sh', quoteWords([...printer, ...list]))).toEqual(list);
		}),
		{numRuns: 30, endOnFailure: true},
	);
});

test('words in a login line pass through the login shell and sh unchanged', () => {
	fc.assert(
		fc.property(words, list => {
			const line = loginLine({command: [...printer, ...list], marker: 'MARK'});
			expect(printed('/bin/bash', `${line} 2>/dev/null`).join('\0')).toBe(`MARK${list.join('\0')}`);
		}),
		{numRuns: 30, endOnFailure: true},
	);
});

test('a login line contains nothing that fish or csh parse differently from sh', () => {
	fc.assert(
		fc.property(words, list => {
			const line = loginLine({command: list, marker: 'MARK', cwd: '/a b', env: {A: list.join('')}});
			expect(line).toMatch(/^exec \/bin\/sh -c '[ -&(-[\]-~]+' sh '(?:[ "-&(-[\]-~]|\\0\d{3})+'$/);
		}),
	);
});

test('plain words stay as they are', () => {
	expect(quoteWords(['docker', 'run', '--label', 'a.b', '/x/y:z'])).toBe(
		'docker run --label a.b /x/y:z',
	);
});

test('a word with a NUL character is rejected', () => {
	expect(() => quoteWords(['a\0b'])).toThrow(/NUL/);
});

test('an invalid variable name is rejected', () => {
	expect(() => loginLine({command: ['true'], marker: 'M', env: {'A B': '1'}})).toThrow(/A B/);
});

test('a line that is too long for a shell is rejected', () => {
	expect(() => loginLine({command: ['echo', 'x'.repeat(140_000)], marker: 'M'})).toThrow(
		/too long/,
	);
});

test('words for display show hidden characters', () => {
	expect(readableWords(['sh', '-c', "a\u202e'\\b\u001b[2J"])).toBe(
		"sh -c $'a\\u202e\\'\\\\b\\u001b[2J'",
	);
	expect(readableWords(['a b', '', 'c'])).toBe("'a b' '' c");
});
