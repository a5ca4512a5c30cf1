import {createWriteStream} from 'node:fs';
import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {program} from '../test/cosmos.js';
import {growStore} from './grown-store.js';
import type {Started} from './in-terminal.js';

/** A data folder with one run that has ended, and its log. */
export type LoggedRun = {data: string; log: string; lastLine: string};

const linesAtOnce = 20_000;

/** Makes such a folder for as long as `work` takes. @param lines of 51 bytes each */
export async function withLoggedRun<T>(
	lines: number,
	work: (run: LoggedRun) => Promise<T>,
): Promise<T> {
	const data = await mkdtemp(path.join(tmpdir(), 'cosmos-bench-'));
	try {
		const {ids} = await growStore(data, 1);
		const folder = path.join(data, 'runs', ids[0] as string);
		await mkdir(folder, {recursive: true});
		const log = path.join(folder, 'log');
		await pipeline(Readable.from(chunks(lines)), createWriteStream(log));
		return await work({data, log, lastLine: words(lines)});
	} finally {
		await rm(data, {recursive: true});
	}
}

/** The dashboard, showing the log of the only run. */
export function dashboardOn({data, lastLine}: LoggedRun): Started {
	return {
		command: [process.execPath, program],
		env: {HOME: data, COSMOS_DATA: data},
		keys: [{after: / 2 Runs ─[\s\S]*cancelled/, send: '2'}],
		ready: new RegExp(lastLine),
	};
}

function words(line: number): string {
	return `line ${String(line).padStart(9, '0')} of a log that somebody reads`;
}

function* chunks(lines: number) {
	for (let from = 1; from <= lines; from += linesAtOnce) {
		const count = Math.min(linesAtOnce, lines - from + 1);
		yield Array.from({length: count}, (_, index) => `${words(from + index)}\n`).join('');
	}
}
