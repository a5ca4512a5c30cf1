import {readdirSync, readlinkSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it} from 'vitest';
import {pageLog} from '../../../source/screens/log/page-log.js';
import {type LogFile, openLogFile} from '../../../source/store/log-file.js';

/** A log of 4 MB: more than a pipe takes before somebody reads it. */
const log = {
	read: (from: number, to: number) =>
		Promise.resolve(Buffer.alloc(Math.max(0, Math.min(to, 4_000_000) - from), 'line of the log\n')),
	close: () => Promise.resolve(),
} as unknown as LogFile;

it.each([
	['at once', 'exec <&-; exit 0'],
	['after a line', 'head -n 1 >/dev/null'],
	['by a signal', 'kill -TERM $$'],
])('a pager that is left %s is no error', async (_when, pager) => {
	for (let times = 0; times < 5; times++) {
		await expect(pageLog(log, {...process.env, PAGER: pager})).resolves.toBeUndefined();
	}
});

it('says so when there is no pager', async () => {
	await expect(pageLog(log, {...process.env, PAGER: 'no-such-pager'})).rejects.toThrow(
		'there is no program "no-such-pager"',
	);
});

it.skipIf(process.platform !== 'linux')(
	'leaves no file open, with a pager or without',
	async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-pager-'));
		const file = path.join(folder, 'log');
		await writeFile(file, 'a line\n');
		const isOpen = () =>
			readdirSync('/proc/self/fd').some(fd => {
				try {
					return readlinkSync(`/proc/self/fd/${fd}`) === file;
				} catch {
					return false;
				}
			});
		const opened = openLogFile(file);
		await opened.tail(10);
		expect(isOpen()).toBe(true);
		await pageLog(opened, {...process.env, PAGER: 'cat >/dev/null'});
		expect(isOpen()).toBe(false);
		await expect(
			pageLog(openLogFile(file), {...process.env, PAGER: 'no-such-pager'}),
		).rejects.toThrow('no program');
		expect(isOpen()).toBe(false);
		await rm(folder, {recursive: true});
	},
);
