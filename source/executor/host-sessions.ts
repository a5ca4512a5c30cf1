import type {Host} from '../domain/host.js';
import type {HostSession, HostSessionOptions} from './host-session.js';

/** The sessions of one process: one a host, opened when first needed. */
export type HostSessions = {
	open: (host: Host) => Promise<HostSession>;
	/** Whether `open` would find a session that has been opened already. */
	isOpen: (hostName: string) => boolean;
	closeAll: () => Promise<void>;
};

export function createHostSessions(options: HostSessionOptions): HostSessions {
	const sessions = new Map<string, Promise<HostSession>>();
	const closing = new AbortController();
	return {
		open(host) {
			let session = sessions.get(host.name);
			if (!session) {
				// Loaded with the first host: most verbs look at none.
				session = import('./host-session.js').then(it =>
					it.openHostSession(host, options, closing.signal),
				);
				sessions.set(host.name, session);
				// The next caller tries afresh; this one gets the error.
				session.catch(() => sessions.delete(host.name));
			}

			return session;
		},
		isOpen: hostName => sessions.has(hostName),
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
