/**
 * Every error that a person can cause or has to know of. The message names the thing, the hint
 * says what to do, the kind decides the exit code of the command line.
 */
export const exitCodes = {
	/** The run itself failed: the container's code or a missing result. */
	run: 1,
	/** Wrong words, an unknown id, an input or a setting that cannot be used. */
	usage: 2,
	/** The configuration is missing, wrong, or names something that is not there. */
	configuration: 3,
	/** The host cannot be reached, or it or we do not trust the other. */
	connection: 4,
	/** The host answers but cannot run the job: engine, image, GPU, disk there. */
	host: 5,
	/** This machine's own trouble: disk full, store damaged or not writable. */
	home: 6,
	/** A fault of this program. */
	internal: 70,
	/** Stopped by the user; 128 + SIGINT as shells do it. */
	cancelled: 130,
} as const;

export type ErrorKind = keyof typeof exitCodes;

export class CosmosError extends Error {
	readonly kind: ErrorKind;
	/** What the person can do about it, one sentence; empty when there is nothing to do. */
	readonly hint: string;

	/** What a refused login is about, for `cosmos doctor`. */
	readonly topic?: 'key' | 'known_hosts';

	constructor(
		kind: ErrorKind,
		message: string,
		options: {hint?: string; cause?: unknown; topic?: CosmosError['topic']} = {},
	) {
		super(message, {cause: options.cause});
		this.name = 'CosmosError';
		this.kind = kind;
		this.hint = options.hint ?? '';
		this.topic = options.topic;
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
	constructor(host: string, cause?: unknown) {
		const why =
			cause instanceof CosmosError && cause.kind === 'connection' ? `: ${cause.message}` : '';
		super('connection', `connection to ${host} lost${why}`, {
			hint: 'What was started there keeps running; try again when the host is reachable.',
			cause,
		});
		this.name = 'ConnectionLostError';
	}
}

/** A run is not to be taken up: another process works on it, or has brought it to its end. */
export class NotToRecoverError extends CosmosError {
	constructor(message: string, hint = '') {
		super('usage', message, {hint});
		this.name = 'NotToRecoverError';
	}
}

/** The text of anything thrown, for a person. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Node's system error code (`ENOENT`, `ENOSPC` …), if the value is such an error. */
export function systemCode(error: unknown): string | undefined {
	if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
		return error.code;
	}
	return undefined;
}

/** What to do about anything thrown; empty when it does not say. */
export function hintOf(error: unknown): string {
	return error instanceof CosmosError ? error.hint : '';
}

/** Why a file that a person has named could not be read, in words that name it. */
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
