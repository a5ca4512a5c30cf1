import {describe, expect, it} from 'vitest';
import {fillWords, variableOf, wordsProblem} from '../../source/domain/own-command.js';

const problem = (run: string[], ask = {}) => wordsProblem({run, on: 'run', ask});

describe('the words of a command', () => {
	it('may name what its subject has, and what it asks', () => {
		expect(problem(['cp', '{video}', '{ask.folder}'], {folder: 'Where?'})).toBeUndefined();
	});

	it('that name something else are refused with the nearest name', () => {
		expect(problem(['mpv', '{vidoe}'])).toBe('unknown placeholder {vidoe}; did you mean {video}?');
		expect(wordsProblem({run: ['x', '{video}'], on: 'queue', ask: {}})).toContain(
			'unknown placeholder {video}',
		);
		expect(problem(['cp', '{ask.folder}'])).toContain('unknown placeholder {ask.folder}');
	});

	it.each([
		[['sh', '-c', 'rm {video}']],
		[['/bin/bash', '-lc', 'rm {video}']],
		[['env', 'X=1', 'sh', '-c', 'rm {video}']],
		[['sh', '-ce', 'rm {video}']],
		[['bash', '-e', '-c', 'rm {video}']],
		[['su', 'me', '-c', 'rm {video}']],
		[['python3', '-c', 'print("{video}")']],
		[['perl', '-ne', 'print if /{video}/']],
		[['node', '--eval', 'console.log("{video}")']],
		[['ssh', 'gpu', 'rm {video}']],
		[['ssh', '-p', '22', 'gpu', 'rm', '{video}']],
		[['watch', 'ls', '{video}']],
	])('%j puts no value into a script', run => {
		expect(problem(run)).toContain('{video} would be read as a part of a script');
		expect(problem(run)).toContain('"$COSMOS_SELECTED_VIDEO"');
	});

	it('may give a value to a shell as an argument', () => {
		expect(problem(['sh', '-c', 'rm "$1"', 'x', '{video}'])).toBeUndefined();
		expect(problem(['python3', 'show.py', '{video}'])).toBeUndefined();
		expect(problem(['tar', '-czf', '{ask.to}', '{folder}'], {to: 'Where?'})).toBeUndefined();
		expect(problem(['rsync', '-e', 'ssh', '{folder}', 'nas:'])).toBeUndefined();
		expect(problem(['ssh', '{host}'])).toBeUndefined();
	});

	it('are filled in once: a value is not looked at again, and other braces stay', () => {
		expect(fillWords(['{name}:{id}', '{}', '{other}'], {name: '{id}', id: '1'})).toEqual([
			'{id}:1',
			'{}',
			'{other}',
		]);
	});
});

it('a value has a variable of its name', () => {
	expect(variableOf('video')).toBe('COSMOS_SELECTED_VIDEO');
	expect(variableOf('ask.to-folder')).toBe('COSMOS_ASK_TO_FOLDER');
});
