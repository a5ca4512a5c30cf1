import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import ssh2, {type Client} from 'ssh2';
import {ConnectionLostError, type CosmosError} from '../../domain/errors.js';
import {abortable} from './abortable.js';
import {createLifeline, type Lifeline} from './lifeline.js';
import {createLogin, type LoginPlan, planLogin} from './ssh-auth.js';
import {brokenProtocol} from './ssh-channel-error.js';
import {connectError, timeoutError} from './ssh-connect-errors.js';
import {createHostKeyCheck, type HostKeyCheck} from './ssh-host-key.js';
import type {Keyring} from './ssh-key-files.js';
import {openProxy} from './ssh-proxy.js';
import {placeOf, type SshTarget} from './ssh-target.js';

export type SshTiming = {
	/** Milliseconds for each machine on the way, the time for asking a person not counted. */
	connectTimeout: number;
	/** Milliseconds between two questions whether the host is still there. */
	keepaliveInterval: number;
	/** So many questions without an answer mean that the line is lost. */
	keepaliveCount: number;
};

export const usualTiming: SshTiming = {
	connectTimeout: 20_000,
	keepaliveInterval: 15_000,
	keepaliveCount: 3,
};

export type DialOptions = {
	/** For messages: the host's name in the configuration. */
	host: string;
	keyring: Keyring;
	acceptHostKey?: string;
	timing: SshTiming;
	/** Of a ProxyCommand. */
	env: NodeJS.ProcessEnv;
	/** Ends what is under way; an open connection is not concerned. */
	signal?: AbortSignal;
};

/** A connection that has been opened; it is never opened again. */
export type SshConnection = {
	client: Pick<Client, 'exec' | 'sftp'>;
	/** Whether a command that a signal ends is reported as such. */
	reportsSignals: boolean;
	/** Cut with a `ConnectionLostError` when the connection ends, whoever ended it. */
	lifeline: Lifeline;
	/** Ends the connection at once, for a reason that everything under way rejects with. */
	cut: (reason: CosmosError) => void;
	close: () => Promise<void>;
};

/** How long an ended connection may take to say goodbye, in milliseconds. */
const goodbye = 1000;

/**
 * Connects through every machine on the way.
 * @param targets the machines to pass, the host last
 * @throws CosmosError (connection) that names the machine where it failed, and the remedy
 */
export async function dial(
	targets: readonly SshTarget[],
	options: DialOptions,
): Promise<SshConnection> {
	const {signal} = options;
	const lifeline = createLifeline();
	const clients: Client[] = [];
	let socket: Duplex | undefined;
	const cut = (reason: CosmosError) => {
		lifeline.cut(reason);
		socket?.destroy();
	};
	const end = (cause?: unknown) => cut(new ConnectionLostError(options.host, cause));
	const stop = () => end();
	signal?.addEventListener('abort', stop, {once: true});

	try {
		// Before any socket is open: one that the host closes while nobody listens would seem silent.
		const visits = await abortable(
			Promise.all(targets.map(target => prepare(target, options))),
			signal,
		);
		for (const visit of visits) {
			const {target} = visit;
			const before = clients.at(-1);
			const stream = before
				? await forward(before, target, options.timing.connectTimeout)
				: target.proxyCommand === undefined
					? await openSocket(target, options.timing.connectTimeout, signal)
					: openProxy(target, target.proxyCommand, options.env);
			const opening = handshake(stream, visit, options.timing, end);
			if (!socket) {
				socket = stream;
				guardMemory(socket, () => cut(brokenProtocol(options.host, unread)));
			}

			clients.push(await abortable(opening, signal));
		}
	} catch (error) {
		end(error);
		throw error;
	} finally {
		signal?.removeEventListener('abort', stop);
	}

	return {
		client: clients.at(-1) as Client,
		reportsSignals: true,
		lifeline,
		cut,
		async close() {
			if (socket && !socket.destroyed) {
				const closed = once(socket, 'close', {signal: AbortSignal.timeout(goodbye)});
				for (const client of clients.toReversed()) {
					client.end();
				}

				await closed.catch(() => undefined);
			}

			end();
		},
	};
}

/** Bytes that may wait for a host to read them: an upload alone has 8 MiB under way. */
const mostUnread = 64 * 1024 * 1024;
const unread = 'it asks for answers and does not read them';

/** A host that makes us answer, and does not read the answers, would fill our memory. */
function guardMemory(socket: Duplex, onFlood: () => void): void {
	socket.on('data', () => {
		if (socket.writableLength > mostUnread) {
			onFlood();
		}
	});
}

/** A machine on the way, and all that is needed to speak to it. */
type Visit = {target: SshTarget; hostKey: HostKeyCheck; plan: LoginPlan};

async function prepare(target: SshTarget, options: DialOptions): Promise<Visit> {
	return {
		target,
		hostKey: await createHostKeyCheck(target, options.acceptHostKey, options.env),
		plan: await planLogin(target, options.keyring),
	};
}

function openSocket(target: SshTarget, timeout: number, signal?: AbortSignal): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = connect({host: target.hostName, port: target.port, noDelay: true});
		const stop = () => socket.destroy(new Error('closed meanwhile'));
		signal?.addEventListener('abort', stop, {once: true});
		socket.setTimeout(timeout, () => socket.destroy(timeoutError(target, timeout)));
		socket.once('error', error => reject(connectError(target, error)));
		socket.once('connect', () => {
			socket.setTimeout(0);
			// An open one is closed in peace.
			signal?.removeEventListener('abort', stop);
			resolve(socket);
		});
	});
}

/** A stream from a jump host on to the next machine. */
function forward(hop: Client, target: SshTarget, timeout: number): Promise<Duplex> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(timeoutError(target, timeout)), timeout);
		hop.forwardOut('127.0.0.1', 0, target.hostName, target.port, (error, stream) => {
			clearTimeout(timer);
			if (error) {
				const reason = error.message.replace(/^\(SSH\) Channel open failure: /, '');
				reject(connectError(target, new Error(`the jump host says "${reason}"`)));
			} else {
				resolve(stream);
			}
		});
	});
}

/**
 * Speaks SSH over a stream and logs in.
 * @param onEnd called when the connection ends after that
 */
function handshake(
	stream: Duplex,
	{target, hostKey, plan}: Visit,
	timing: SshTiming,
	onEnd: (cause?: unknown) => void,
): Promise<Client> {
	return new Promise((resolve, reject) => {
		const client = new ssh2.Client();
		let open = false;
		let lastError: unknown;
		let timer: NodeJS.Timeout | undefined;
		const pause = {
			stop: () => clearTimeout(timer),
			start() {
				clearTimeout(timer);
				timer = setTimeout(
					() => fail(timeoutError(target, timing.connectTimeout)),
					timing.connectTimeout,
				);
			},
		};
		const fail = (error: unknown) => {
			pause.stop();
			reject(explain(error));
			stream.destroy();
		};
		const login = createLogin(target, plan, pause, fail);
		const explain = (error: unknown) =>
			/too many authentication failures/i.test(String(error))
				? login.denied(
						'The host closed the connection after too many keys: set IdentityFile and IdentitiesOnly yes for it in ~/.ssh/config.',
					)
				: connectError(target, error);

		client.on('ready', () => {
			pause.stop();
			open = true;
			resolve(client);
		});
		client.on('error', error => {
			// The agent's refusal to sign is not the end: the next key follows.
			if (error.level === 'agent') {
				return;
			}

			lastError = error;
			if (open) {
				onEnd(error);
			} else {
				fail(error);
			}
		});
		client.on('close', () => {
			if (open) {
				onEnd(lastError);
			} else {
				fail(lastError ?? new Error(`${placeOf(target)} closed the connection while logging in`));
			}
		});

		// A jump host's stream reports its end here too; the client reports it.
		stream.on('error', () => undefined);
		pause.start();
		client.connect({
			sock: stream,
			username: target.user,
			// Ours: ssh2's would also count the time for asking a person.
			readyTimeout: 0,
			keepaliveInterval: timing.keepaliveInterval,
			keepaliveCountMax: timing.keepaliveCount,
			algorithms: {serverHostKey: hostKey.algorithms},
			authHandler: login.handler,
			hostVerifier(key: Buffer, verify: (valid: boolean) => void) {
				hostKey.verify(key).then(
					() => verify(true),
					error => {
						fail(error);
						verify(false);
					},
				);
			},
		});
	});
}
