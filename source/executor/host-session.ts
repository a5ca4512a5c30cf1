import {CosmosError} from '../domain/errors.js';
import {type Host, needsNoGpu} from '../domain/hosts/host.js';
import type {Engine} from './engine/engine.js';
import type {EngineKind, EngineKinds} from './engine/engine-kind.js';
import {engines, findEngine} from './engine/engines.js';
import type {Transport} from './transport/transport.js';

/** A host that we talk to: one connection, used by everything. */
export type HostSession = {
	host: Host;
	transport: Transport;
	engine: Engine;
	/** The checkout's folder on the host, absolute. */
	remoteDir: string;
};

export type HostSessionOptions = {
	env: NodeJS.ProcessEnv;
	/** Asks the user for a key's passphrase; absent without a terminal. */
	askPassphrase?: (keyPath: string, isRetry: boolean) => Promise<string | undefined>;
	/** Fingerprint of an unknown host key that the user accepts. */
	acceptHostKey?: string;
	/** Whether the OpenSSH client may ask in the terminal now. @default false */
	mayPrompt?: () => boolean;
	/** @default those of the product */
	engines?: EngineKinds;
};

/**
 * Connects and finds the checkout's folder.
 * @param closing closes the connection when it is aborted, also one that is being opened
 */
export async function openHostSession(
	host: Host,
	options: HostSessionOptions,
	closing: AbortSignal,
): Promise<HostSession> {
	const kind = findEngine(options.engines ?? engines, host.engine);
	const transport = await createTransport(host, kind, options);
	closing.addEventListener('abort', () => void transport.close(), {once: true});
	await transport.connect();
	const remoteDir = /^~(?=$|\/)/.test(host.remoteDir)
		? `${await transport.home()}${host.remoteDir.slice(1)}`
		: host.remoteDir;
	if (needsNoGpu(host) && host.transport === 'local') {
		await transport.makeFolder(remoteDir);
	}

	const createEngine = await kind.load();
	return {host, transport, remoteDir, engine: createEngine(host, remoteDir, transport)};
}

/** ssh2 is loaded only if a host is reached by SSH. */
async function createTransport(
	host: Host,
	{mostCommands}: EngineKind,
	options: HostSessionOptions,
): Promise<Transport> {
	if (host.transport === 'local') {
		const {localTransport} = await import('./transport/local.js');
		return localTransport(host.name, host.shared);
	}

	const {sshTransport} = await import('./transport/ssh.js');
	return sshTransport(host, {...options, mostCommands});
}

/** Bytes that the uploads of this process in progress still need, at most. */
const promised = new WeakMap<HostSession, number>();

/** Free bytes on a host that no upload of this process is going to use. */
export async function spaceThere(session: HostSession): Promise<number> {
	const free = await session.transport.freeSpace(session.remoteDir);
	return free - (promised.get(session) ?? 0);
}

/** Keeps space on a host for what uploads so many bytes. */
export async function withSpace<T>(
	session: HostSession,
	bytes: number,
	work: () => Promise<T>,
): Promise<T> {
	const change = (by: number) => promised.set(session, (promised.get(session) ?? 0) + by);
	change(bytes);
	try {
		return await work();
	} finally {
		change(-bytes);
	}
}

/** @throws CosmosError (host) when the uploads would not fit */
export async function checkSpaceThere(session: HostSession, bytes: number): Promise<void> {
	const free = await spaceThere(session);
	if (free < bytes) {
		throw new CosmosError(
			'host-disk-full',
			`${session.host.name} has ${free} bytes free in ${session.remoteDir}, but the inputs need ${bytes}`,
			{hint: 'Free some space there.'},
		);
	}
}
