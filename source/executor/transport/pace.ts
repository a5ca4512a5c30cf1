import {NoAnswerError} from '../../domain/errors.js';

/** Milliseconds between two looks at a download, and the bytes that have to come in between. */
const interval = 60_000;
const leastBytes = 64 * 1024;

/** Gives up a download that goes on, but so slowly that it would never end. */
export type Pace = {
	/** Only ever rejects: with a NoAnswerError. */
	lost: Promise<never>;
	/** Aborted with it, or as the caller's own. */
	signal: AbortSignal;
	stop: () => void;
};

/** @param received bytes so far */
export function keepPace(
	host: string,
	file: string,
	received: () => number,
	signal?: AbortSignal,
): Pace {
	const controller = new AbortController();
	let before = received();
	const {promise: lost, reject: fail} = Promise.withResolvers<never>();
	lost.catch(() => undefined);
	const timer = setInterval(() => {
		if (received() - before < leastBytes) {
			const what = `${host} did not send ${leastBytes} bytes of ${file}`;
			fail(
				new NoAnswerError(host, what, interval, 'Look at the network and the disk of the host.'),
			);
			controller.abort();
		}

		before = received();
	}, interval);
	return {
		lost,
		signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal,
		stop: () => clearInterval(timer),
	};
}
