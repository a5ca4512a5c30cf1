import {describe, expect, it} from 'vitest';
import {isRelativeName, outputNameProblem} from '../../source/domain/output-name.js';

describe('the name of an output', () => {
	it.each([
		'output.mp4',
		'a/b/c.png',
		'12:30:00.mp4',
		'..x/...',
		'café 🎬.mp4',
		'\u202e.mp4',
		'x'.repeat(255),
	])('may be %j', name => {
		expect(outputNameProblem(name, false)).toBeUndefined();
		expect(isRelativeName(name)).toBe(true);
	});

	it.each([
		['', 'it is not a relative path'],
		['/etc/passwd', 'it is not a relative path'],
		['../a', 'it is not a relative path'],
		['a/../../b', 'it is not a relative path'],
		['a/./b', 'it is not a relative path'],
		['a//b', 'it is not a relative path'],
		['a/', 'it is not a relative path'],
		['a\\b.mp4', 'it contains a backslash'],
		['a\nb', 'it contains a control character'],
		['a\0b', 'it contains a control character'],
		['a\u009b31m', 'it contains a control character'],
		['caf\ufffd', 'it is not valid UTF-8'],
		['a\ud800b', 'it is not valid UTF-8'],
		['x'.repeat(256), 'it is too long'],
		['é'.repeat(200), 'it is too long'],
		[Array(6).fill('x'.repeat(200)).join('/'), 'it is too long'],
		[Array(17).fill('d').join('/'), 'it lies in more than 15 folders'],
	])('may not be %j', (name, problem) => {
		expect(outputNameProblem(name, false)).toBe(problem);
	});

	it('may not have a colon on a disk of Windows', () => {
		expect(outputNameProblem('C:evil', true)).toBe('it contains a colon');
	});

	it('stays readable in a record of an earlier version', () => {
		expect(isRelativeName(Array(40).fill('d').join('/'))).toBe(true);
		expect(isRelativeName('..\\x.mp4')).toBe(false);
	});
});
