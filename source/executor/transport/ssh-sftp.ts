import ssh2, {type SFTPWrapper} from 'ssh2';
import {ConnectionLostError, CosmosError, messageOf} from '../../domain/errors.js';
import {cleanText} from '../../domain/log-lines.js';
import {createLifeline} from './lifeline.js';
import {channelError} from './ssh-channel-error.js';
import type {SshConnection} from './ssh-connection.js';

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
	 * @throws SftpError when the host refuses, ConnectionLostError when no answer can come any more
	 */
	request: <T = void>(path: string, send: (sftp: SFTPWrapper, done: Done<T>) => void) => Promise<T>;
	/** The answer does not matter, and over a dead line none comes. */
	closeHandle: (path: string, handle: Buffer) => void;
};

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

/** @throws CosmosError (host) when the host has no SFTP */
export async function openSftp({client, lifeline}: SshConnection, host: string): Promise<Sftp> {
	const opened = new Promise<SFTPWrapper>((resolve, reject) => {
		client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
	}).catch(error => {
		throw channelError(host, 'does not offer SFTP', error);
	});
	const sftp = await lifeline.during(opened);
	const own = createLifeline();
	let fault: unknown;
	sftp.on('error', (error: Error) => {
		fault = error;
	});
	const ended = new Promise<void>(resolve => {
		sftp.on('close', () => {
			own.cut(new ConnectionLostError(host, fault));
			resolve();
		});
	});
	function request<T>(path: string, send: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
		const answer = new Promise<T>((resolve, reject) => {
			send(sftp, (error, value) => {
				if (!error) {
					resolve(value as T);
				} else if ('code' in error) {
					reject(new SftpError(host, path, error));
				} else {
					// ssh2 gives errors of its own, without a code, when the channel is gone.
					reject(new ConnectionLostError(host, error));
				}
			});
		});
		return lifeline.during(own.during(answer));
	}

	return {
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
	};
}

/** A whole request has 256 KiB in OpenSSH, 34,000 bytes by the standard; ssh2 asks and keeps it. */
function writeSizeOf(sftp: SFTPWrapper): number {
	const value: unknown = Reflect.get(sftp, '_maxWriteLen');
	return typeof value === 'number' ? Math.min(value, 256 * 1024) : 30_000;
}
