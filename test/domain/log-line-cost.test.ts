/** What is done with every line of a log costs no more than in proportion to its length, whatever is in it. */
import {beforeAll, describe, expect, it} from 'vitest';
import {modelNames} from '../../source/domain/models/families.js';
import {batchModelOf, samplingOf} from '../../source/domain/models/models.js';
import {createOutputSplitter} from '../../source/domain/runs/batch-parts.js';
import {createLineWatch} from '../../source/domain/runs/line-watch.js';
import {cleanText, createLineDecoder} from '../../source/domain/runs/log-lines.js';
import {longestRead, parseProgress} from '../../source/domain/runs/progress.js';
import {explainExit} from '../../source/domain/runs/run-status.js';
import {operations} from '../../source/domain/settings/settings.js';
import type {Run} from '../../source/domain/types.js';
import {type ProgressReader, progressReader} from '../../source/workflow/runs/run-progress.js';

/** The pattern of a bar in 0.1, which took 90 ms for one line. */
const barOfOld =
	/(?:^|\s)(?:([^|]*?):\s*)?(\d{1,3})%\|[^|]*\|\s*([\d.]+)([kMG]?)\/([\d.]+)([kMG]?)\s*\[[\d:]+<([\d:]+|\?)(?:,\s*([\d.]+|\?)(s\/|\s?\w*\/s))?/;

/** What some pattern looks for, and what its repetitions may take for one another. */
const pieces = [
	...[' ', ':', '%|', '|', '1', '46%|', '.', '/', '[', '<', ',', '?', 's/', 'it', 'k', '\t', '-'],
	...[
		'[rank0]: ',
		'error: ',
		'Error',
		': ',
		'transfer.py:1:x] ',
		'inference.py:',
		'a',
		'\u001b[31m',
	],
	...['\u001b[', '\u001b]', '\u001b', '\u009d', '\r', 'Invalid hint_key', '█', 'Enhancing prompt '],
];

/** Random numbers that repeat. */
function createRandom(seed: number): (below: number) => number {
	let state = seed;
	return below => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** Lines of one length: of any pieces, or of few of them again and again. */
function linesOf(length: number, count: number): string[] {
	const random = createRandom(length);
	return Array.from({length: count}, () => {
		const kinds = Array.from(
			{length: 1 + random(4)},
			() => pieces[random(pieces.length)] as string,
		);
		const any = random(2) === 0;
		let line = '';
		while (line.length < length) {
			line += any ? pieces[random(pieces.length)] : kinds[random(kinds.length)];
		}

		return line.slice(0, length);
	});
}

/** Processor time in microseconds: other processes do not count. */
function costOf(read: (line: string) => unknown, lines: readonly string[]): number {
	const before = process.cpuUsage();
	for (const line of lines) {
		read(line);
	}

	const {user, system} = process.cpuUsage(before);
	return user + system;
}

/** How many times more the second lines cost than the first; the least of several measures. */
function ratioOf(
	read: (line: string) => unknown,
	short: readonly string[],
	long: readonly string[],
): number {
	const least = {short: Number.POSITIVE_INFINITY, long: Number.POSITIVE_INFINITY};
	for (let round = 0; round < 2; round++) {
		least.short = Math.min(least.short, costOf(read, short));
		least.long = Math.min(least.long, costOf(read, long));
	}

	return least.long / least.short;
}

const kinds = operations.flatMap(operation => modelNames.map(model => ({operation, model})));
const beginnings = kinds.flatMap(kind => batchModelOf(kind)?.begins ?? []);
const samplings = kinds.flatMap(kind => samplingOf(kind) ?? []);
const exit = {code: 1, oomKilled: false, engineMessage: ''};

const readers: ReadonlyArray<readonly [string, (line: string) => unknown]> = [
	['parseProgress', parseProgress],
	['cleanText', cleanText],
	['createLineDecoder', line => createLineDecoder().push(Buffer.from(`${line}\n`))],
	['explainExit', line => explainExit(exit, line, 60)],
	['the sampling lines', line => samplings.map(pattern => pattern.test(line))],
	['the beginnings of a batch', line => beginnings.map(({line: pattern}) => pattern.test(line))],
	['createLineWatch', line => samplings.map(one => createLineWatch(one)(Buffer.from(line)))],
	[
		'createOutputSplitter',
		line => beginnings.map(one => createOutputSplitter(one, 3).push(Buffer.from(line))),
	],
];

/**
 * The long lines are 16 times as long as the short ones: so much more they cost in proportion, and 256
 * times as much by the square of the length. What lies between is for the machine.
 */
const tooMuch = 64;

describe('10,000 random log lines', () => {
	const short = linesOf(50, 10_000);
	const long = linesOf(800, 10_000);

	it.each(readers)('cost %s time linear in their length', (_name, read) => {
		expect(ratioOf(read, short, long)).toBeLessThan(tooMuch);
	});

	it('would reveal a pattern whose cost grows faster', () => {
		const hostile = (length: number) => [' :'.repeat(length / 2), ' '.repeat(length)];
		const read = (line: string) => barOfOld.exec(line);
		expect(ratioOf(read, hostile(250), hostile(4000))).toBeGreaterThan(tooMuch);
	});
});

describe("a recipe's pattern", () => {
	const patterns = ['(\\d+)/(\\d+) frames', '^(a+)+$', '^(?:\\s*\\w*)*:(\\d+)%$'];
	let all: ProgressReader[];
	beforeAll(async () => {
		all = patterns.map(progress =>
			progressReader({operation: 'recipe', recipe: {progress}} as Run),
		);
		await Promise.all(all.map(({ready}) => ready));
	});

	it.each(patterns)('%s costs time linear in the length of 10,000 lines', pattern => {
		const reader = all[patterns.indexOf(pattern)] as ProgressReader;
		expect(reader.problem()).toBeUndefined();
		const read = (line: string) => reader.read([line]);
		expect(ratioOf(read, linesOf(25, 10_000), linesOf(400, 10_000))).toBeLessThan(tooMuch);
	});

	it('is applied only to the end of a line', () => {
		const read = (line: string) => all.map(reader => reader.read([line]));
		const ofLength = (length: number) => Array(50).fill(`${'a'.repeat(length)}!`);
		expect(ratioOf(read, ofLength(longestRead), ofLength(100 * longestRead))).toBeLessThan(tooMuch);
	});
});
