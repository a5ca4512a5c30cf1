import {CosmosError} from '../../domain/errors.js';
import type {Host} from '../../domain/host.js';
import {atMost} from './at-most.js';
import {dial, type SshConnection, type SshTiming, usualTiming} from './ssh-connection.js';
import {execOverSsh} from './ssh-exec.js';
import {sshFiles} from './ssh-files.js';
import {type AskPassphrase, createKeyring} from './ssh-key-files.js';
import {openSftp, type Sftp} from './ssh-sftp.js';
import {resolveTargets} from './ssh-target.js';
import type {Transport} from './transport.js';

export type SshOptions = {
	/** `HOME` says where OpenSSH's files are, `SSH_AUTH_SOCK` where its agent is. */
	env: NodeJS.ProcessEnv;
	/** Asks a person for a key's passphrase; absent where nobody can be asked. */
	askPassphrase?: AskPassphrase;
	/** Fingerprint of an unknown host key that the user accepts. */
	acceptHostKey?: string;
	/** Wins over OpenSSH's configuration. @default usualTiming */
	timing?: Partial<SshTiming>;
	/** Commands that may run at the same time over the connection; the others wait. */
	mostCommands?: number;
};

/** A connection and the one SFTP channel over it. */
type Line = {connection: SshConnection; sftp?: Promise<Sftp>};

/**
 * A host by SSH: one connection, opened when first needed and again after it was lost.
 * Names, keys and jump hosts come from OpenSSH's configuration below `options.env.HOME`; what
 * `host` says wins. `@cert-authority` lines, passwords and `ProxyCommand` are not supported.
 */
export function sshTransport(host: Host, options: SshOptions): Transport {
	const keyring = createKeyring(options.askPassphrase);
	let current: Promise<Line> | undefined;
	let closed = false;
	let connectedSince: number | undefined;

	async function open(): Promise<Line> {
		const targets = await resolveTargets(host, options.env);
		const {acceptHostKey} = options;
		const timing = {...usualTiming, ...targets.at(-1)?.keepalive, ...options.timing};
		const connection = await dial(targets, {host: host.name, keyring, acceptHostKey, timing});
		connectedSince = Date.now();
		return {connection};
	}

	/** The line in use; a dead one is replaced. Callers at the same time share one attempt. */
	async function line(): Promise<Line> {
		if (closed) {
			throw new CosmosError('cancelled', `the connection to ${host.name} was closed here`);
		}

		const known = current;
		const opened = await known;
		if (opened && !opened.connection.lifeline.error) {
			return opened;
		}

		if (current === known || !current) {
			const attempt = open();
			current = attempt;
			attempt.catch(() => {
				current = current === attempt ? undefined : current;
			});
		}

		return current;
	}

	async function openedSftp(): Promise<Sftp> {
		const opened = await line();
		const known = opened.sftp;
		const sftp = await known;
		if (sftp?.alive) {
			return sftp;
		}

		if (opened.sftp === known || !opened.sftp) {
			const attempt = openSftp(opened.connection, host.name);
			opened.sftp = attempt;
			attempt.catch(() => {
				opened.sftp = undefined;
			});
		}

		return opened.sftp;
	}

	const exec: Transport['exec'] = atMost(
		options.mostCommands ?? Number.POSITIVE_INFINITY,
		async (...args: Parameters<Transport['exec']>) =>
			execOverSsh((await line()).connection, host.name, ...args),
	);

	return {
		host: host.name,
		get closed() {
			return closed;
		},
		get connectedSince() {
			return connectedSince;
		},
		connect: async () => {
			await line();
		},
		exec,
		...sshFiles(host.name, openedSftp, exec),
		async close() {
			closed = true;
			const closing = current;
			current = undefined;
			const opened = await closing?.catch(() => undefined);
			await opened?.connection.close();
		},
	};
}
