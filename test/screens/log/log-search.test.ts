import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {countLines, findLine, type SearchRequest} from '../../../source/screens/log/log-search.js';
import {
	errorPattern,
	matchesLine,
	patternOf,
	timePattern,
} from '../../../source/state/log/log-pattern.js';
import {type LogFile, openLogFile} from '../../../source/store/log-file.js';

let folder: string;
let log: LogFile;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-search-'));
	log = openLogFile(path.join(folder, 'log'));
});

afterEach(async () => {
	await log.close();
	await rm(folder, {recursive: true});
});

const write = (text: string | Buffer) => writeFile(log.path, text);

function find(words: string, change: Partial<SearchRequest> = {}) {
	return findLine({
		log,
		pattern: patternOf(words),
		from: 0,
		direction: 1,
		here: true,
		whole: false,
		signal: new AbortController().signal,
		...change,
	});
}

describe('forwards', () => {
	it('finds the next line and leaves out the one that it stands on', async () => {
		await write('step one\nother\nstep two\n');
		expect(await find('step')).toEqual({offset: 0, wrapped: false});
		expect(await find('step', {here: false})).toEqual({offset: 15, wrapped: false});
	});

	it('goes round the end', async () => {
		await write('needle\nother\n');
		expect(await find('needle', {from: 7, here: false})).toEqual({offset: 0, wrapped: true});
	});

	it('finds a line behind megabytes, also one that is longer than a chunk', async () => {
		const before = `${'x'.repeat(99)}\n`.repeat(30_000);
		const long = `${'y'.repeat(3_000_000)}\n`;
		await write(`${before}${long}needle\n`);
		expect(await find('needle')).toEqual({offset: before.length + long.length, wrapped: false});
	});

	it('finds a last line without an end', async () => {
		await write('other\nneedle');
		expect(await find('needle')).toEqual({offset: 6, wrapped: false});
	});
});

describe('backwards', () => {
	it('finds the line before, then goes round the beginning', async () => {
		await write('step one\nother\nstep two\n');
		expect(await find('step', {from: 15, direction: -1})).toEqual({offset: 0, wrapped: false});
		expect(await find('step', {direction: -1})).toEqual({offset: 15, wrapped: true});
	});

	it('finds the last of many, behind megabytes', async () => {
		const needles = 'needle\n'.repeat(3);
		const after = `${'x'.repeat(99)}\n`.repeat(30_000);
		await write(needles + after);
		const from = needles.length + after.length;
		expect(await find('needle', {from, direction: -1})).toEqual({offset: 14, wrapped: false});
	});
});

it('ignores case until a capital is typed', async () => {
	await write('Loading\nloading\n');
	expect(await find('loading')).toMatchObject({offset: 0});
	await write('loading\nLoading\n');
	expect(await find('Loading')).toMatchObject({offset: 8});
});

it('finds words beyond ASCII', async () => {
	await write('grün\nblau — größer\n');
	expect(await find('— GRÖSSER'.toLowerCase().replace('ss', 'ß'))).toMatchObject({offset: 6});
});

it('takes what is typed as it is, not as a pattern', async () => {
	await write('abc\na.c (x)\n');
	expect(await find('a.c (x)')).toMatchObject({offset: 4});
});

it('looks at the line as it is shown: not at what a carriage return has replaced', async () => {
	await write('needle\rgone\nneedle\n');
	expect(await find('needle')).toMatchObject({offset: 12});
});

describe('a shortened prefix', () => {
	const info = '[11-24 14:49:18|INFO|cosmos_transfer1/error_logs.py:12:main] Loading model\n';
	const error = '[11-24 14:49:19|ERROR|cosmos_transfer1/run.py:9:main] no model\n';

	it.each([
		['cosmos_transfer1', undefined],
		['info', undefined],
		['error', {offset: info.length, wrapped: false}],
		['14:49:18 loading', {offset: 0, wrapped: false}],
		['19 ERROR no', {offset: info.length, wrapped: false}],
	])('is searched for %j only in what is shown', async (words, found) => {
		await write(info + error);
		expect(await find(words)).toEqual(found);
	});

	it('is searched whole where it is shown whole', async () => {
		await write(info + error);
		expect(await find('info|cosmos', {whole: true})).toMatchObject({offset: 0});
	});
});

it('finds nothing in a log without the words, or without anything', async () => {
	await write('');
	expect(await find('needle')).toBeUndefined();
	await write('other\n');
	expect(await find('needle')).toBeUndefined();
});

it('stops when it is told to, before the whole log is read', async () => {
	await write(`${'x'.repeat(99)}\n`.repeat(60_000));
	const controller = new AbortController();
	const seen: number[] = [];
	const found = await find('needle', {
		signal: controller.signal,
		onProgress(fraction) {
			seen.push(fraction);
			controller.abort();
		},
	});
	expect(found).toBeUndefined();
	expect(seen).toHaveLength(1);
	expect(seen[0]).toBeLessThan(0.5);
});

it.each([
	['RuntimeError: no', true],
	['torch.OutOfMemoryError: CUDA out of memory', true],
	['Traceback (most recent call last):', true],
	['12:00 INFO no errors_so_far here', false],
])('tells by %j whether something went wrong: %s', (line, wrong) => {
	expect(matchesLine(errorPattern, line, false)).toBe(wrong);
});

describe('counting', () => {
	it('says which of the matching lines it stands on, and how many there are', async () => {
		await write(`one\nstep 1\n${'x\n'.repeat(700_000)}step 2\nstep 3\n`);
		const signal = new AbortController().signal;
		const second = await find('step', {here: false, from: 4});
		const from = second?.offset ?? expect.fail('no second line');
		const pattern = patternOf('step');
		expect(await countLines({log, pattern, from, whole: false, signal})).toEqual({
			nth: 2,
			total: 3,
		});
	});
});

describe('a time', () => {
	const at = async (words: string) =>
		find('', {pattern: timePattern(words) ?? expect.fail('no time')});

	it('is the first line at or after it, by the beginnings of lines', async () => {
		const lines = [
			'[11-29 09:59:58|job=|INFO|a.py:1:f] until 10:00:05',
			'a line without a time',
			'[11-29 10:00:04|INFO|a.py:1:f] x',
			'[11-29 19:00:00|INFO|a.py:1:f] y',
		];
		await write(`${lines.join('\n')}\n`);
		const offset = (line: number) => lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
		expect(await at('9:59')).toMatchObject({offset: 0});
		expect(await at('09:59:59')).toMatchObject({offset: offset(2)});
		expect(await at('10:00:04')).toMatchObject({offset: offset(2)});
		expect(await at('10:00:05')).toMatchObject({offset: offset(3)});
		expect(await at('19:00:01')).toBeUndefined();
	});

	it.each(['', '25:00', '10:60', '10', 'noon'])('is not %j', words => {
		expect(timePattern(words)).toBeUndefined();
	});
});
