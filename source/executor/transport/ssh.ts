import pLimit from 'p-limit';
import type {Host} from '../../domain/hosts/host.js';
import {abortable} from './abortable.js';
import type {WithConnections} from './far-lanes.js';
import {BeyondSsh2Error, reasonForOpenSsh} from './ssh-choice.js';
import {
	type DialOptions,
	dial,
	type SshConnection,
	type SshTiming,
	usualTiming,
} from './ssh-connection.js';
import {execOverSsh} from './ssh-exec.js';
import {sshFiles} from './ssh-files.js';
import {type AskPassphrase, createKeyring} from './ssh-key-files.js';
import {createLines} from './ssh-lines.js';
import {dialOpenSsh} from './ssh-openssh.js';
import {openSftp, type Sftp} from './ssh-sftp.js';
import {resolveTargets, type SshTarget, withNotObeyed} from './ssh-target.js';
import {type Transport, uploadModes} from './transport.js';

export type SshOptions = {
	/** `HOME` says where OpenSSH's files are, `SSH_AUTH_SOCK` where its agent is. */
	env: NodeJS.ProcessEnv;
	/** Asks the user for a key's passphrase; absent without a terminal. */
	askPassphrase?: AskPassphrase;
	/** Fingerprint of an unknown host key that the user accepts. */
	acceptHostKey?: string;
	/** Whether the OpenSSH client may ask in the terminal now. @default false */
	mayPrompt?: () => boolean;
	/** Wins over OpenSSH's configuration. @default usualTiming */
	timing?: Partial<SshTiming>;
	/** Commands that may run at the same time; the others wait. */
	mostCommands?: number;
};

/**
 * A host by SSH: a connection, opened when first needed and again after it was lost; one SFTP channel
 * over it, and further connections while it has no room for a command.
 * Names, keys and jump hosts come from OpenSSH's configuration below `options.env.HOME`; what
 * `host` says wins. ssh2 carries the connection, and the OpenSSH client of this machine where ssh2 cannot
 * do what is asked, or where `host.sshClient` names it.
 */
export function sshTransport(host: Host, options: SshOptions): Transport {
	const keyring = createKeyring(options.askPassphrase);
	const lines = createLines(host.name, async (signal, isMore = false) => {
		const targets = await abortable(resolveTargets(host, options.env), signal);
		const {acceptHostKey} = options;
		const timing = {...usualTiming, ...targets.at(-1)?.keepalive, ...options.timing};
		const {env} = options;
		const dialing = {host: host.name, keyring, acceptHostKey, timing, env, signal};
		// Nobody is asked for what can be done without.
		const mayPrompt = !isMore && (options.mayPrompt?.() ?? false);
		return connect(targets, dialing, mayPrompt).catch(error => {
			throw withNotObeyed(error, targets);
		});
	});

	async function connect(
		targets: readonly SshTarget[],
		how: DialOptions,
		mayPrompt: boolean,
	): Promise<SshConnection> {
		const {sshClient, key} = host;
		const isOpenSsh =
			sshClient === undefined
				? (await reasonForOpenSsh(targets)) !== undefined
				: sshClient === 'openssh';
		const byOpenSsh = () =>
			dialOpenSsh(targets.at(-1) as SshTarget, {
				...how,
				key,
				mayPrompt,
			});
		if (isOpenSsh) {
			return byOpenSsh();
		}

		try {
			return await dial(targets, how);
		} catch (error) {
			if (sshClient === 'ssh2' || !(error instanceof BeyondSsh2Error)) {
				throw error;
			}

			// What ssh2 says is plainer than the client's refusal.
			return await byOpenSsh().catch(() => {
				throw error;
			});
		}
	}

	let sftp: Promise<Sftp> | undefined;
	let closed = false;

	/** The channel in use; one that has ended is replaced. Callers at the same time share one attempt. */
	async function requireSftp(): Promise<Sftp> {
		const known = sftp;
		const opened = await known;
		if (opened?.alive) {
			return opened;
		}

		if (sftp === known || !sftp) {
			const attempt = openOver();
			sftp = attempt;
			attempt.catch(() => {
				sftp = sftp === attempt ? undefined : sftp;
			});
		}

		return sftp;
	}

	/** The channel counts as long as it is open. */
	function openOver(): Promise<Sftp> {
		return new Promise((resolve, reject) => {
			lines
				.over(async connection => {
					const opened = await openSftp(connection, host.name);
					resolve(opened);
					await opened.ended;
				})
				.catch(reject);
		});
	}

	const withMore: WithConnections = async (count, onOpen, work) => {
		const opened: SshConnection[] = [];
		let isOver = false;
		const add = async () => {
			const connection = await lines.dialMore();
			if (isOver) {
				await connection.close();
				return;
			}

			opened.push(connection);
			onOpen(await openSftp(connection, host.name));
		};
		for (let index = 0; index < count; index++) {
			add().catch(() => undefined);
		}

		try {
			await work();
		} finally {
			isOver = true;
			await Promise.all(opened.map(connection => connection.close()));
		}
	};

	const turn = pLimit(options.mostCommands ?? Number.POSITIVE_INFINITY);
	const exec: Transport['exec'] = (...words) =>
		turn(() => lines.over(connection => execOverSsh(connection, host.name, ...words)));

	return {
		host: host.name,
		get closed() {
			return closed;
		},
		get connectedSince() {
			return lines.openedAt;
		},
		connect: lines.connect,
		exec,
		...sshFiles(host.name, requireSftp, exec, uploadModes(host.shared), withMore),
		async close() {
			closed = true;
			await lines.close();
		},
	};
}
