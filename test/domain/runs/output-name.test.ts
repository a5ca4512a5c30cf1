import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {isRelativeName, outputNameProblem} from '../../../source/domain/runs/output-name.js';

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

/** What names are made of that lead elsewhere, or that some system does not take. */
const part = fc.oneof(
	fc.constantFrom(...['..', '.', '', '~', '/', '\\', 'C:', 'con', '%2e%2e', '\0', '\n', '\u202e']),
	fc.constantFrom(...['\u009b', '\u{1f600}', '\ud800', '\ufffd', '-rf', '$(id)', '*', ' ', '.mp4']),
	fc.string({unit: 'binary', maxLength: 4}),
	fc.string({minLength: 250, maxLength: 260}),
);
const names = fc
	.tuple(fc.constantFrom('', '/', '\\'), fc.array(part, {maxLength: 20}))
	.map(([between, parts]) => parts.join(between));

it('of 10,000 random names, each is refused with a reason or is a file inside the folder', async () => {
	const home = await mkdtemp(path.join(tmpdir(), 'cosmos-names-'));
	const counts = {taken: 0, refused: 0};
	try {
		await fc.assert(
			fc.asyncProperty(names, async name => {
				const problem = outputNameProblem(name, false);
				if (problem !== undefined) {
					counts.refused++;
					expect(problem).toMatch(/^it [\w ,-]+$/);
					return;
				}

				counts.taken++;
				expect(isRelativeName(name)).toBe(true);
				const outputs = path.join(home, 'outputs');
				const file = path.join(outputs, name);
				expect(path.relative(outputs, file)).toBe(name);
				await mkdir(path.dirname(file), {recursive: true});
				await writeFile(file, name);
				expect(await readFile(file, 'utf8')).toBe(name);
				expect(await readdir(home)).toEqual(['outputs']);
				await rm(outputs, {recursive: true});
			}),
			{numRuns: 10_000},
		);
	} finally {
		await rm(home, {recursive: true});
	}

	expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(500);
});
