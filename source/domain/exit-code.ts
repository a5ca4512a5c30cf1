import type {JobExit} from './runs/run-status.js';

/**
 * Reads an exit status that a host or a file reports. A full disk leaves such a file empty or cut
 * off, and `Number('')` is 0: whatever is not a whole status is unknown, and unknown is no success.
 * @returns 0 to 255, or undefined when the text is no exit status
 */
export function parseExitCode(text: string | undefined): number | undefined {
	const code = /^\d{1,3}$/.test(text ?? '') ? Number(text) : undefined;
	return code !== undefined && code <= 255 ? code : undefined;
}

/**
 * The exit of a job whose status is unknown: a failure that says so.
 * @param where what was looked at, for people
 */
export function unknownExit(where: string): JobExit {
	return {
		code: unknownCode,
		oomKilled: false,
		engineMessage: '',
		failure: {
			reason: 'container-lost',
			message: `the exit status of the job is unknown: ${where}`,
			hint: 'Check the free disk space on the host and the end of the log, then run it again.',
		},
	};
}

/** 128 + SIGKILL: a killed job leaves no status. */
export const unknownCode = 137;
