import {expect, it} from 'vitest';
import {pageLog} from '../../../source/screens/log/page-log.js';
import type {LogFile} from '../../../source/store/log-file.js';

/** A log of 4 MB: more than a pipe takes before somebody reads it. */
const log = {
	read: (from: number, to: number) =>
		Promise.resolve(Buffer.alloc(Math.max(0, Math.min(to, 4_000_000) - from), 'line of the log\n')),
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
