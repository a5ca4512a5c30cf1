import type {Host} from '../domain/hosts/host.js';
import type {HostSession, HostSessionOptions} from './host-session.js';

/** The sessions of one process: one per host, opened on first use. */
export type HostSessions = {
	open: (host: Host) => Promise<HostSession>;
	/** Whether `open` would return an existing session. */
	isOpen: (hostName: string) => boolean;
	/** Accepts an unknown key of a host from now on, by its fingerprint. */
	acceptKey: (hostName: string, fingerprint: string) => void;
	closeAll: () => Promise<void>;
};

export function createHostSessions(options: HostSessionOptions): HostSessions {
	const sessions = new Map<string, Promise<HostSession>>();
	const acceptedKeys = new Map<string, string>();
	const closing = new AbortController();
	return {
		open(host) {
			let session = sessions.get(host.name);
			if (!session) {
				// Loaded with the first host: most verbs need none.
				const acceptHostKey = acceptedKeys.get(host.name) ?? options.acceptHostKey;
				session = import('./host-session.js').then(it =>
					it.openHostSession(host, {...options, acceptHostKey}, closing.signal),
				);
				sessions.set(host.name, session);
				// The next caller tries again; this one gets the error.
				session.catch(() => sessions.delete(host.name));
			}

			return session;
		},
		isOpen: hostName => sessions.has(hostName),
		acceptKey: (hostName, fingerprint) => acceptedKeys.set(hostName, fingerprint),
		async closeAll() {
			closing.abort();
			const opened = await Promise.allSettled(sessions.values());
			sessions.clear();
			for (const session of opened) {
				if (session.status === 'fulfilled') {
					await session.value.transport.close();
				}
			}
		},
	};
}
