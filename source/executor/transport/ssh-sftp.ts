import ssh2, {type SFTPWrapper} from 'ssh2';
import {ConnectionLostError, CosmosError, messageOf, NoAnswerError} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {abortable, throwIfAborted} from './abortable.js';
import {createLifeline} from './lifeline.js';
import {brokenProtocol, saysGone} from './ssh-channel-error.js';
import type {SshConnection} from './ssh-connection.js';
import {openSftpChannel} from './ssh-sftp-channel.js';
import {answerTime} from './transport.js';

const {STATUS_CODE} = ssh2.utils.sftp;

type Done<T> = (error?: Error | null, value?: T) => void;

/** One SFTP channel. */
export type Sftp = {
	/** For messages: the host's name in the configuration. */
	readonly host: string;
	/** False when the channel has ended; a new one may be opened over the same connection. */
	readonly alive: boolean;
	/** Resolves when the channel has ended. */
	readonly ended: Promise<void>;
	/** Bytes that one write may carry. */
	readonly writeSize: number;
	/**
	 * Makes one request.
	 * @param path the file it is about, for the message
	 * @param isAnswer whether an answer is of the kind that was asked for; without it any will do
	 * @throws SftpError when the host refuses, NoAnswerError when it is silent for too long,
	 * ConnectionLostError when no answer can come any more
	 */
	request: <T = void>(
		path: string,
		send: (sftp: SFTPWrapper, done: Done<T>) => void,
		isAnswer?: (answer: unknown) => boolean,
	) => Promise<T>;
	/** The answer does not matter, and over a dead line none comes. */
	closeHandle: (path: string, handle: Buffer) => void;
	/** The same channel, whose requests are given up when the signal is aborted. */
	until: (signal: AbortSignal | undefined) => Sftp;
};

export const isHandle = Buffer.isBuffer;
export const isStats = (answer: unknown) =>
	typeof answer === 'object' && answer !== null && 'isFile' in answer;

/** The host's refusal, with SFTP's status code. */
export class SftpError extends CosmosError {
	readonly status: number;

	constructor(host: string, path: string, error: Error & {code?: unknown}) {
		const status = typeof error.code === 'number' ? error.code : STATUS_CODE.FAILURE;
		super('host', `${host}: ${wordFor(status, error)}: ${path}`, {
			hint: status === STATUS_CODE.PERMISSION_DENIED ? 'Check its permissions.' : '',
			cause: error,
		});
		this.status = status;
	}

	get noSuchFile(): boolean {
		return this.status === STATUS_CODE.NO_SUCH_FILE;
	}

	/** Nothing more to read in a file or a folder. */
	get isEnd(): boolean {
		return this.status === STATUS_CODE.EOF;
	}

	/** SFTP has one code for all that has none of its own: disk full, not empty, exists … */
	get failure(): boolean {
		return this.status === STATUS_CODE.FAILURE;
	}
}

function wordFor(status: number, error: Error): string {
	switch (status) {
		case STATUS_CODE.NO_SUCH_FILE:
			return 'no such file or folder';
		case STATUS_CODE.PERMISSION_DENIED:
			return 'permission denied';
		default:
			return cleanText(messageOf(error)).toLowerCase();
	}
}

/** @throws CosmosError (host) when the host has no SFTP, NoAnswerError when it is silent */
export async function openSftp(connection: SshConnection, host: string): Promise<Sftp> {
	const {lifeline} = connection;
	const opened = openSftpChannel(connection, host);
	const timer = setTimeout(() => connection.cut(silent(host)), answerTime);
	const sftp = await lifeline.during(opened).finally(() => clearTimeout(timer));
	const own = createLifeline();
	const silence = watchSilence(() => end(silent(host)));
	const {promise: ended, resolve: onEnd} = Promise.withResolvers<void>();
	function end(reason: CosmosError): void {
		silence.stop();
		own.cut(reason);
		sftp.end();
		onEnd();
	}

	// ssh2's word for an answer that is none.
	sftp.on('error', (error: Error) => end(brokenProtocol(host, messageOf(error))));
	sftp.on('close', () => end(new ConnectionLostError(host)));

	function request<T>(
		path: string,
		send: (sftp: SFTPWrapper, done: Done<T>) => void,
		isAnswer: (answer: unknown) => boolean = () => true,
	): Promise<T> {
		const gone = own.error ?? lifeline.error;
		if (gone) {
			return Promise.reject(gone);
		}

		const answer = new Promise<T>((resolve, reject) => {
			send(sftp, (error, value) => {
				silence.answered();
				if (error) {
					reject(toError(host, path, error));
				} else if (isAnswer(value)) {
					resolve(value as T);
				} else {
					reject(brokenProtocol(host, `it answers something else than was asked about ${path}`));
				}
			});
			// Not before: an extension that is not offered is refused here, and asks nothing.
			silence.asked();
		});
		return lifeline.during(own.during(answer));
	}

	const opening: Sftp = {
		host,
		get alive() {
			return own.error === undefined && lifeline.error === undefined;
		},
		writeSize: writeSizeOf(sftp),
		ended,
		request,
		closeHandle(path, handle) {
			request(path, (raw, done) => raw.close(handle, done)).catch(() => undefined);
		},
		until: signal => (signal ? givenUpOn(opening, signal) : opening),
	};
	return opening;
}

function givenUpOn(sftp: Sftp, signal: AbortSignal): Sftp {
	return {
		...sftp,
		get alive() {
			return sftp.alive;
		},
		async request(...asked) {
			throwIfAborted(signal);
			return abortable(sftp.request(...asked), signal);
		},
	};
}

function toError(host: string, path: string, error: Error): CosmosError {
	if ('code' in error) {
		return new SftpError(host, path, error);
	}

	// ssh2 gives errors of its own, without a code.
	return saysGone(messageOf(error))
		? new ConnectionLostError(host, error)
		: brokenProtocol(host, `${messageOf(error)}: ${path}`);
}

function silent(host: string): NoAnswerError {
	return new NoAnswerError(
		host,
		`the SFTP server of ${host} did not answer`,
		answerTime,
		'A start file or a disk there may hang; `sftp HOST` shows it.',
	);
}

/** Tells when requests wait and nothing at all has come for too long; a slow line has many under way. */
function watchSilence(onSilence: () => void) {
	let waiting = 0;
	let timer: NodeJS.Timeout | undefined;
	const stop = () => clearTimeout(timer);
	return {
		stop,
		asked() {
			if (waiting++ === 0) {
				stop();
				timer = setTimeout(onSilence, answerTime).unref();
			}
		},
		answered() {
			if (--waiting === 0) {
				stop();
			} else {
				timer?.refresh();
			}
		},
	};
}

/** A server that takes less at a time is none. */
const leastWrite = 4096;

/** A whole request has 256 KiB in OpenSSH, 34,000 bytes by the standard; ssh2 asks and keeps it. */
function writeSizeOf(sftp: SFTPWrapper): number {
	const value: unknown = Reflect.get(sftp, '_maxWriteLen');
	return typeof value === 'number' ? Math.max(leastWrite, Math.min(value, 256 * 1024)) : 30_000;
}
