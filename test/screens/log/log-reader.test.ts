import {appendFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {LogReader} from '../../../source/screens/log/log-reader.js';
import type {LogWindow} from '../../../source/state/log/log-view.js';
import {openLogFile} from '../../../source/store/log-file.js';

let folder: string;
let file: string;
let reader: LogReader;
let windows: LogWindow[];
let listeners: Array<() => void>;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-log-'));
	file = path.join(folder, 'log');
	windows = [];
	listeners = [];
});

afterEach(async () => {
	reader.close();
	await rm(folder, {recursive: true});
});

const numbered = (from: number, to: number) =>
	Array.from({length: to - from}, (_, index) => `line ${from + index}\n`).join('');

async function open(text: string, keep?: (line: string) => boolean): Promise<void> {
	await writeFile(file, text);
	reader = new LogReader({
		runId: 'run_1',
		log: openLogFile(file),
		keep,
		onWindow(window) {
			windows.push(window);
			for (const listener of listeners) {
				listener();
			}
		},
		onError(error) {
			throw error;
		},
	});
}

/** Resolves with the first window from now on, or the present one, that is as wanted. */
function seen(wanted: (window: LogWindow) => boolean): Promise<LogWindow> {
	return new Promise(resolve => {
		const look = () => {
			const last = windows.at(-1);
			if (last && wanted(last)) {
				resolve(last);
			}
		};

		listeners.push(look);
		look();
	});
}

it('shows a short log whole', async () => {
	await open(numbered(0, 3));
	const window = await seen(({lines}) => lines.length > 0);
	expect(window).toMatchObject({
		lines: ['line 0', 'line 1', 'line 2'],
		pending: '',
		atStart: true,
		atEnd: true,
	});
});

it('shows lines that are appended', async () => {
	await open(numbered(0, 2));
	await seen(({lines}) => lines.length === 2);
	await appendFile(file, 'one more\nand a half');
	const window = await seen(({pending}) => pending === 'and a half');
	expect(window.lines).toEqual(['line 0', 'line 1', 'one more']);
});

it('obeys carriage returns of a bar that grows', async () => {
	await open('');
	await appendFile(file, ' 10%|#');
	await seen(({pending}) => pending === ' 10%|#');
	await appendFile(file, '\r 20%|##');
	const window = await seen(({pending}) => pending === ' 20%|##');
	expect(window.lines).toEqual([]);
});

it('reads only the end of a long log', async () => {
	await open(numbered(0, 100_000));
	const window = await seen(({lines}) => lines.length > 0);
	expect(window.lines.at(-1)).toBe('line 99999');
	expect(window.lines.length).toBeLessThan(20_000);
	expect(window.atStart).toBe(false);
});

it('reads backwards without a gap or a double', async () => {
	await open(numbered(0, 40_000));
	let window = await seen(({lines}) => lines.length > 0);
	while (!window.atStart) {
		const {first} = window;
		reader.earlier();
		window = await seen(next => next.first < first);
		const numbers = window.lines.map(line => Number(line.slice(5)));
		expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] as number) + index));
	}

	expect(window.lines[0]).toBe('line 0');
});

it('reads forwards again to the end', async () => {
	await open(numbered(0, 40_000));
	reader.following = false;
	reader.toStart();
	let window = await seen(({atStart, lines}) => atStart && lines.length > 0);
	expect(window.atEnd).toBe(false);
	while (!window.atEnd) {
		const before = windows.length;
		reader.later();
		window = await seen(() => windows.length > before);
	}

	expect(window.lines.at(-1)).toBe('line 39999');
});

it('keeps the number of a line while it reads in both directions', async () => {
	await open(numbered(0, 40_000));
	const end = await seen(({lines}) => lines.length > 0);
	const numberOf = (window: LogWindow, line: string) => window.first + window.lines.indexOf(line);
	const before = numberOf(end, end.lines[0] as string);
	reader.earlier();
	const more = await seen(({first}) => first < end.first);
	expect(numberOf(more, end.lines[0] as string)).toBe(before);
});

it('lets go of early lines while it follows', async () => {
	await open(numbered(0, 1000));
	await seen(({lines}) => lines.length === 1000);
	for (let part = 1; part < 30; part++) {
		await appendFile(file, numbered(part * 1000, part * 1000 + 1000));
		await seen(({lines}) => lines.at(-1) === `line ${part * 1000 + 999}`);
	}

	expect(windows.at(-1)?.lines.length).toBeLessThan(12_000);
});

it('skips what comes faster than anybody reads', async () => {
	await open(numbered(0, 10));
	const {epoch} = await seen(({lines}) => lines.length === 10);
	await appendFile(file, numbered(10, 200_000));
	const window = await seen(({lines}) => lines.at(-1) === 'line 199999');
	expect(window.epoch).toBeGreaterThan(epoch);
	expect(window.lines.length).toBeLessThan(20_000);
});

it('waits for a log that is not there yet', async () => {
	await open('');
	await rm(file);
	await appendFile(file, 'here\n');
	const window = await seen(({lines}) => lines.length === 1);
	expect(window.lines).toEqual(['here']);
});

it('shows the line at a byte offset with what is around it', async () => {
	const before = numbered(0, 40_000);
	await open(before + numbered(40_000, 80_000));
	await seen(({lines}) => lines.at(-1) === 'line 79999');
	reader.toOffset(before.length);
	const {lines, first, anchor} = await seen(window => window.anchor !== undefined);
	const at = (anchor ?? 0) - first;
	expect(lines.slice(at - 1, at + 2)).toEqual(['line 39999', 'line 40000', 'line 40001']);
});

it('knows where a line of the window begins', async () => {
	const text = numbered(0, 40_000);
	await open(text);
	const {lines, first} = await seen(window => window.lines.length > 0);
	const number = lines.indexOf('line 39990');
	expect(await reader.offsetOf(first + number)).toBe(text.indexOf('line 39990'));
});

const tens = (line: string) => /(?:^line 0|0000)$/.test(line);

it('keeps only the lines that are wanted, from the whole log', async () => {
	await open(numbered(0, 90_001), tens);
	const {lines} = await seen(window => window.atStart);
	expect(lines).toEqual([
		'line 0',
		...Array.from({length: 9}, (_, index) => `line ${index + 1}0000`),
	]);
});

it('goes on keeping while the log grows', async () => {
	await open(numbered(0, 10_001), tens);
	await seen(({lines}) => lines.length === 2);
	await appendFile(file, numbered(19_999, 20_002));
	expect((await seen(({lines}) => lines.length === 3)).lines.at(-1)).toBe('line 20000');
});

it('knows where a kept line begins', async () => {
	const text = numbered(0, 30_001);
	await open(text, tens);
	const {first} = await seen(window => window.atStart);
	expect(await reader.offsetOf(first + 2)).toBe(text.indexOf('line 20000'));
});
