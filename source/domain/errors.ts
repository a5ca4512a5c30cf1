import {type ErrorCode, type ErrorKind, exitCodes, kindOfCode} from './error-codes.js';

/**
 * An error that a person can cause or has to know of. The code says what it is, the message names
 * the thing, the hint says what to do; the code's kind decides the exit code of the command line.
 */
export class CosmosError extends Error {
	readonly code: ErrorCode;
	/** What the person can do about it, one sentence; empty when there is nothing to do. */
	readonly hint: string;

	constructor(code: ErrorCode, message: string, options: {hint?: string; cause?: unknown} = {}) {
		super(message, {cause: options.cause});
		this.name = 'CosmosError';
		this.code = code;
		this.hint = options.hint ?? '';
	}

	get kind(): ErrorKind {
		return kindOfCode(this.code);
	}

	get exitCode(): number {
		return exitCodes[this.kind];
	}
}

/**
 * The connection ended before the command's exit code arrived. Never a success and never the
 * command's failure: what was started may still be running there.
 */
export class ConnectionLostError extends CosmosError {
	constructor(
		host: string,
		cause?: unknown,
		given: {code?: 'connection-timeout'; message?: string; hint?: string} = {},
	) {
		const why =
			cause instanceof CosmosError && cause.kind === 'connection' ? `: ${cause.message}` : '';
		super(given.code ?? 'connection-lost', given.message ?? `connection to ${host} lost${why}`, {
			hint:
				given.hint ?? 'What was started there keeps running; try again when the host is reachable.',
			cause,
		});
		this.name = 'ConnectionLostError';
	}
}

/** The connection holds, but the host has not done in time what was asked of it. */
export class NoAnswerError extends ConnectionLostError {
	/** @param what did not happen, e.g. `gpu did not finish nvidia-smi` */
	constructor(host: string, what: string, milliseconds: number, hint: string) {
		const code = 'connection-timeout';
		super(host, undefined, {
			code,
			message: `${what} within ${Math.round(milliseconds / 1000)} s`,
			hint,
		});
		this.name = 'NoAnswerError';
	}
}

/** The key of a host is unknown; the person may accept it by its fingerprint. */
export class UnknownHostKeyError extends CosmosError {
	readonly fingerprint: string;

	constructor(message: string, fingerprint: string, hint: string) {
		super('host-key-unknown', message, {hint});
		this.name = 'UnknownHostKeyError';
		this.fingerprint = fingerprint;
	}
}

/** A run cannot be resumed: another process is running it, or has finished it. */
export class NotToRecoverError extends CosmosError {
	constructor(message: string, hint = '') {
		super('wrong-state', message, {hint});
		this.name = 'NotToRecoverError';
	}
}

/** The text of anything thrown, for a person. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** What is reported of an error, to a person or a program. */
export type ErrorReport = {
	code: ErrorCode;
	message: string;
	hint: string;
	exitCode: number;
	/** Of the host key that is unknown. */
	fingerprint?: string;
};

/** @param otherwise the code of an error from elsewhere */
export function reportOf(error: unknown, otherwise: ErrorCode = 'internal'): ErrorReport {
	const known = error instanceof CosmosError ? error : new CosmosError(otherwise, messageOf(error));
	const {code, message, hint, exitCode} = known;
	return {
		...{code, message, hint, exitCode},
		...(known instanceof UnknownHostKeyError && {fingerprint: known.fingerprint}),
	};
}

/** Whether something thrown is the error of a code. */
export function hasCode(error: unknown, code: ErrorCode): error is CosmosError {
	return error instanceof CosmosError && error.code === code;
}

/** Node's system error code (`ENOENT`, `ENOSPC` …), if the value is such an error. */
export function systemCode(error: unknown): string | undefined {
	if (error instanceof CosmosError) {
		return undefined;
	}

	if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
		return error.code;
	}
	return undefined;
}

/** The hint of anything thrown; empty if it has none. */
export function hintOf(error: unknown): string {
	return error instanceof CosmosError ? error.hint : '';
}

/** Why a file that the user has named could not be read, naming it. */
export function readProblem(error: unknown, file: string): string {
	switch (systemCode(error)) {
		case 'ENOENT':
			return `there is no file ${file}`;
		case 'EISDIR':
			return `${file} is a folder, not a file`;
		default:
			return `cannot read ${file}: ${messageOf(error)}`;
	}
}
