import {exitCodes} from '../domain/error-codes.js';

/** 128 and the signal's number, as a shell tells it. */
const hangupCode = 129;
/** Milliseconds that leaving waits for what is being written. */
const longestSettle = 1000;

export type StopSignals = {signal: AbortSignal; forget: () => void};

export type StopSignalParts = {
	/** The verb's runs must not end with the terminal. */
	leavesRuns: boolean;
	/** Whether any output goes to a terminal. */
	hasTerminal: boolean;
	/** Tells the person what a stop does. */
	say: (text: string) => void;
	/** Resolves when what was asked for is written down. */
	settle: () => Promise<void>;
	/** Ends this process. */
	exit: (code: number) => void;
};

/**
 * What the signals of this process mean for a verb at work:
 * - SIGINT (Ctrl-C) and SIGTERM stop it: its runs become `cancelled`.
 * - Another one ends this process at once. The stop is written down by then, and the next `cosmos` that
 *   takes the run up completes it.
 * - SIGHUP, the end of the terminal, ends this process and leaves its runs going. Where no output goes to a
 *   terminal it means nothing, as under `nohup`: Node does not tell which signals were ignored at its start.
 */
export function watchStopSignals(parts: StopSignalParts): StopSignals {
	const {leavesRuns, hasTerminal, say, settle, exit} = parts;
	const controller = new AbortController();
	const stop = () => {
		if (controller.signal.aborted) {
			const leave = () => exit(exitCodes.cancelled);
			settle().then(leave, leave);
			setTimeout(leave, longestSettle).unref();
			return;
		}

		controller.abort();
		say('stopping; press again to quit now and let the next cosmos finish the stop');
	};

	const hangUp = () => {
		if (!hasTerminal) {
			return;
		}

		if (leavesRuns) {
			exit(hangupCode);
		} else {
			stop();
		}
	};

	process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', hangUp);
	return {
		signal: controller.signal,
		forget() {
			process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', hangUp);
		},
	};
}
