import type {Queue, SilentHost} from './job.js';

/** Milliseconds of the longest pause before a host is tried again. */
export const longestPause = 60_000;

/** Whether the moment of another attempt is still to come. One that is further away than any pause is of a clock that has been set back. */
export function isAhead(moment: string, now: string): boolean {
	const left = Date.parse(moment) - Date.parse(now);
	return left > 0 && left <= longestPause;
}

/** Since when a host has not answered; undefined for one that did. */
export function silentHost({silent = []}: Queue, host: string): SilentHost | undefined {
	return silent.find(one => one.host === host);
}

/**
 * Records that a host does not respond, unless another slot of it just has.
 * @param now ISO 8601
 * @param pauses milliseconds until the next attempt, after the first failure, the second, …; the last
 * value repeats
 */
export function withSilence(
	queue: Queue,
	{host, problem}: Pick<SilentHost, 'host' | 'problem'>,
	now: string,
	pauses: readonly number[],
): Queue {
	const before = silentHost(queue, host);
	if (before && isAhead(before.until, now)) {
		return queue;
	}

	const tries = (before?.tries ?? 0) + 1;
	const pause = pauses[Math.min(tries, pauses.length) - 1] ?? 0;
	const until = new Date(Date.parse(now) + pause).toISOString();
	const next: SilentHost = {host, problem, tries, since: before?.since ?? now, until};
	return {...queue, silent: [...othersOf(queue, host), next]};
}

/** The host has answered. */
export function withAnswer(queue: Queue, host: string): Queue {
	return silentHost(queue, host) ? {...queue, silent: othersOf(queue, host)} : queue;
}

function othersOf({silent = []}: Queue, host: string): SilentHost[] {
	return silent.filter(one => one.host !== host);
}
