/** Exit codes of a shell for a process that a signal ended. */
const signalCodes = {SIGTERM: 143, SIGHUP: 129} as const;

/** What ends the dashboard without being asked: a signal, or an error that nobody has caught. */
export type Ends = {
	/** 0 unless a signal was received. */
	readonly exitCode: number;
	/** Ends it for an error. */
	fail: (error: unknown) => void;
	/** @throws the first of the errors, when there was one */
	throwFailure: () => void;
	close: () => void;
};

/** @param end leaves the dashboard; the terminal is restored before anything is printed */
export function watchEnds(end: () => void): Ends {
	let exitCode = 0;
	const failures: unknown[] = [];
	const leave = (signal: keyof typeof signalCodes) => {
		exitCode = signalCodes[signal];
		end();
	};

	// Left to itself, Node would print the error onto the alternate screen, where it is lost.
	const fail = (error: unknown) => {
		failures.push(error);
		end();
	};

	process.on('SIGTERM', leave).on('SIGHUP', leave);
	process.on('uncaughtException', fail).on('unhandledRejection', fail);
	return {
		get exitCode() {
			return exitCode;
		},
		fail,
		throwFailure() {
			if (failures.length > 0) {
				throw failures[0];
			}
		},
		close() {
			process.off('SIGTERM', leave).off('SIGHUP', leave);
			process.off('uncaughtException', fail).off('unhandledRejection', fail);
		},
	};
}
