import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {ConnectionLostError, CosmosError} from '../../source/domain/errors.js';
import type {JobContext} from '../../source/executor/job-context.js';
import {retryOnLostConnection} from '../../source/executor/reconnect.js';

let notices: string[];
let context: JobContext;

beforeEach(() => {
	vi.useFakeTimers();
	notices = [];
	context = {
		session: {host: {name: 'lab'}, transport: {closed: false, connect: async () => undefined}},
		watcher: {onNotice: (text: string) => notices.push(text)},
		signal: new AbortController().signal,
	} as unknown as JobContext;
});

afterEach(() => {
	vi.useRealTimers();
});

/** Work that is lost so many times. */
async function retry(times: number, cause: unknown): Promise<void> {
	let left = times;
	const work = async () => {
		if (left-- > 0) {
			throw new ConnectionLostError('lab', cause);
		}
	};
	const done = retryOnLostConnection(context, 3600, work);
	await vi.runAllTimersAsync();
	await done;
}

it('says once that it is connected again after a broken line', async () => {
	await retry(1, undefined);
	expect(notices).toEqual([
		'connection to lab lost, trying again in 1 s',
		'connected to lab again',
	]);
});

it('asks less and less often while the engine is away, and does not say that it is connected', async () => {
	await retry(3, new CosmosError('engine-failed', 'the Docker daemon does not respond'));
	expect(notices).toEqual([
		'the Docker daemon does not respond, trying again in 1 s',
		'the Docker daemon does not respond, trying again in 2 s',
		'the Docker daemon does not respond, trying again in 4 s',
	]);
});
