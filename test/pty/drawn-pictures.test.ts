import {inflateSync} from 'node:zlib';
import {decode} from 'sixel';
import {expect, it} from 'vitest';
import {available} from '../lab/available.js';
import {type Opened, openDashboard} from './dashboard.js';
import {keys} from './terminal.js';

const question = '\u001b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u001b\\\u001b[c';
const backgroundQuestion = '\u001b]11;?\u0007\u001b[c';
const cell = '\u001b[6;20;10t';

/** A dashboard whose terminal has said, late and in pieces, what it can. */
async function answered(answer: string, measures: string): Promise<Opened> {
	const dashboard = await openDashboard({pictures: true, silent: true});
	await dashboard.waitFor(() => dashboard.output().includes(backgroundQuestion));
	dashboard.send('\u001b]11;rgb:0000/0000/0000\u0007\u001b[?62;c');
	await dashboard.waitFor(() => dashboard.output().includes(question));
	// Without the welcome there is room; keys and answers come mixed.
	dashboard.send(keys.escape);
	await dashboard.waitFor('P shows one alone');
	for (const piece of answer.split('|')) {
		dashboard.send(piece);
	}

	await dashboard.waitFor(() => dashboard.output().includes('\u001b[16t'));
	dashboard.send(measures);
	return dashboard;
}

/** Resolves when a pattern has been written with three different keys: the last match of each. */
async function written(dashboard: Opened, pattern: RegExp): Promise<RegExpExecArray[]> {
	const matches = () =>
		new Map([...dashboard.output().matchAll(pattern)].map(match => [match.groups?.key, match]));
	await dashboard.waitFor(() => matches().size >= 3);
	return [...matches().values()];
}

/** Where the names below the pictures are, in columns and rows from 1; and that no answer was typed. */
function places(dashboard: Opened): Array<[column: number, row: number]> {
	const lines = dashboard.screen().split('\n');
	const row = lines.findIndex(line => /color +depth +seg/.test(line));
	const line = lines[row] ?? '';
	expect(lines[0]).toContain('● ready');
	expect(lines.join('\n')).toMatch(/╭ 1 Prompts ─+ 2 ─╮╭ [\s\S]*Prompt {3}Lineage/);
	expect(lines.join('\n')).not.toContain('▀');
	return ['color', 'depth', 'seg'].map(name => [line.lastIndexOf(name) + 1, row + 1]);
}

const skipped = it.skipIf(!available('ffmpeg'));

skipped('has kitty draw the pictures into their cells, and removes them with the tab', async () => {
	const pieces = '\u001b_Gi=31;|OK\u001b\\\u001b[?6|2;c';
	const dashboard = await answered(pieces, `${cell}\u001b[?62;c`);
	const pattern =
		/\u001b\[(\d+);(?<key>\d+)H\u001b_G(a=T,[^;]*);((?:[^\u001b]*\u001b\\\u001b_Gq=2,m=\d;)*[^\u001b]*)\u001b\\/g;
	const drawn = await written(dashboard, pattern);
	for (const [index, [, row, column, command = '', data = '']] of drawn.entries()) {
		const [, width, height, columns, rows] =
			/s=(\d+),v=(\d+),c=(\d+),r=(\d+),C=1,q=2/.exec(command)?.map(Number) ?? [];
		const bytes = inflateSync(Buffer.from(data.replaceAll(/\u001b[^;]*;/g, ''), 'base64'));
		expect(bytes.length).toBe(Number(width) * Number(height) * 3);
		expect([width, height]).toEqual([Number(columns) * 10, Number(rows) * 20]);
		expect([Number(column), Number(row) + Number(rows)]).toEqual(places(dashboard)[index]);
	}

	dashboard.send(']');
	const removed = await written(dashboard, /\u001b_Ga=d,d=I,(?<key>i=\d+),p=1,q=2\u001b\\/g);
	const ids = drawn.map(([, , , command = '']) => /i=\d+/.exec(command)?.[0]);
	expect(removed.map(([, id]) => id)).toEqual(ids);
	expect(dashboard.fullClears()).toBe(0);
	dashboard.send('q');
	expect((await dashboard.exited).code).toBe(0);
});

skipped('draws sixels no larger than their cells, and blanks them with the tab', async () => {
	const measures = `${cell}\u001b[?1;0;16S\u001b[?62;4;22c`;
	const dashboard = await answered('\u001b[?62;4|;22c', measures);
	const drawn = await written(
		dashboard,
		/\u001b\[(\d+);(?<key>\d+)H\u001bP0;1;q([^\u001b]*)\u001b\\/g,
	);
	const blanked: string[] = [];
	for (const [index, [, row, column, data = '']] of drawn.entries()) {
		const {width, height} = decode(Buffer.from(data));
		const rows = Math.ceil(height / 20);
		expect([Number(column), Number(row) + rows]).toEqual(places(dashboard)[index]);
		// No more colours than the terminal has said.
		expect(new Set(data.match(/#\d+;2/g)).size).toBeLessThanOrEqual(16);
		blanked.push(`\u001b[${row};${column}H\u001b[${width / 10}X`);
	}

	dashboard.send(']');
	await dashboard.waitFor(() => blanked.every(text => dashboard.output().includes(text)));
	expect(dashboard.fullClears()).toBe(0);
});
