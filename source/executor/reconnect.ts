import {setTimeout} from 'node:timers/promises';
import {ConnectionLostError, CosmosError, messageOf} from '../domain/errors.js';
import type {JobContext} from './job-context.js';
import {abortable, throwIfAborted} from './transport/abortable.js';

/** Seconds of the longest pause between two attempts. */
const longestPause = 60;
/** Seconds to wait before each attempt, endlessly: 1, 2, 4 … 60, 60. */
function* growingPauses(): Generator<number> {
	for (let seconds = 1; ; seconds = Math.min(longestPause, seconds * 2)) {
		yield seconds;
	}
}

/** Seconds in which a host that does not answer is still asked to stop a job. */
export const stopPatience = 60;

/**
 * Does work that may be repeated; if the connection breaks, waits until the host responds again and
 * repeats it.
 * @param patience seconds from now after which a broken line is given up, or when that is: of the moment at
 * which it broke, both as `performance.now()`
 * @param until ends the waiting when it is aborted: for work after which there is nothing to stop on
 * the host. Without it the context's own signal leaves `stopPatience`
 * @throws ConnectionLostError then; anything else that the work throws at once
 */
export async function retryOnLostConnection<T>(
	context: JobContext,
	patience: number | ((lost: number) => number),
	work: () => Promise<T>,
	until?: AbortSignal,
): Promise<T> {
	const fixed = typeof patience === 'number' ? performance.now() + patience * 1000 : 0;
	const endOf = typeof patience === 'number' ? () => fixed : patience;
	let lost = 0;
	let lastStop = Number.POSITIVE_INFINITY;
	let isStopping = false;
	let pauses = growingPauses();
	const isOver = () => {
		if (context.signal.aborted && !isStopping) {
			isStopping = true;
			lastStop = performance.now() + stopPatience * 1000;
		}

		// A connection that we closed ourselves is not lost.
		return context.session.transport.closed || performance.now() > Math.min(endOf(lost), lastStop);
	};

	for (;;) {
		throwIfAborted(until);
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof ConnectionLostError)) {
				throw error;
			}

			if (!isEngineAway(error)) {
				pauses = growingPauses();
			}

			lost = performance.now();
			await waitForHost(context, isOver, error, pauses, until);
		}
	}
}

/** The line holds, but the engine behind it does not answer: to be connected says nothing then. */
function isEngineAway({cause}: ConnectionLostError): boolean {
	return cause instanceof CosmosError && cause.kind === 'host';
}

async function waitForHost(
	{session, watcher, signal}: JobContext,
	isOver: () => boolean,
	lost: ConnectionLostError,
	pauses: Iterator<number>,
	until: AbortSignal | undefined,
): Promise<void> {
	// The connection may work while the engine is gone: the cause says so.
	let why = messageOf(lost.cause instanceof CosmosError ? lost.cause : lost);
	for (;;) {
		const seconds = pauses.next().value as number;
		if (isOver()) {
			throw lost;
		}

		throwIfAborted(until);
		watcher.onNotice?.(`${why}, trying again in ${seconds} s`);
		// A user who wants to stop the run does not have to wait.
		await pause(signal.aborted ? Math.min(seconds, 1) : seconds, signal);
		throwIfAborted(until);
		try {
			await abortable(session.transport.connect(), until);
			if (!isEngineAway(lost)) {
				watcher.onNotice?.(`connected to ${session.host.name} again`);
			}

			return;
		} catch (error) {
			if (!(error instanceof CosmosError && error.kind === 'connection')) {
				throw error;
			}

			why = messageOf(error);
		}
	}
}

/** Ends early when the signal is aborted meanwhile. */
async function pause(seconds: number, signal: AbortSignal): Promise<void> {
	await setTimeout(seconds * 1000, undefined, {signal}).catch(() => undefined);
}
