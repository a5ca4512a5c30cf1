import {setTimeout} from 'node:timers/promises';
import {ConnectionLostError, CosmosError} from '../../domain/errors.js';
import {NoRoomError} from './ssh-channel-error.js';
import type {SshConnection} from './ssh-connection.js';

/** Channels over one connection: OpenSSH allows ten. */
const usualRoom = 8;

/** Milliseconds before each new try: a server that has just ended a channel counts it for a moment more. */
const pauses = [50, 250, 1000];

type Line = {
	connection: SshConnection;
	/** Milliseconds since 1970. */
	openedAt: number;
	channels: number;
};

/** The connections to one host: one, and further ones while its channels are all in use. */
export type Lines = {
	/** When the oldest of those in use was opened, in milliseconds since 1970. */
	readonly openedAt: number | undefined;
	/** Opens a connection when there is none. */
	connect: () => Promise<void>;
	/**
	 * Does what needs a channel over a connection that has room for one.
	 * @param work settles when its channel is not needed any more; begun again when it rejects with a
	 * NoRoomError, in the end over another connection
	 */
	over: <T>(work: (connection: SshConnection) => Promise<T>) => Promise<T>;
	/** Opens one more connection, for one piece of work: whoever asks closes it. */
	dialMore: () => Promise<SshConnection>;
	close: () => Promise<void>;
};

/**
 * @param host for messages: the host's name in the configuration
 * @param dial opens a connection; what it rejects with goes to all that wait for one; it ends with its
 * signal. `isMore`: it is one that can be done without
 */
export function createLines(
	host: string,
	dial: (signal: AbortSignal, isMore?: boolean) => Promise<SshConnection>,
): Lines {
	let lines: Line[] = [];
	let dialing: Promise<void> | undefined;
	const closing = new AbortController();
	let wasThere = false;
	/** Channels that one connection may carry, as far as the server has let us know. */
	let room = usualRoom;

	async function add(): Promise<void> {
		const connection = await dial(closing.signal);
		wasThere = true;
		lines.push({connection, openedAt: Date.now(), channels: 0});
	}

	/**
	 * A line with room for so many more channels, which are counted at once: others look as well.
	 * Callers at the same time share one attempt; a line that was lost is replaced.
	 */
	async function lineFor(more: 0 | 1): Promise<Line> {
		for (;;) {
			if (closing.signal.aborted) {
				throw new CosmosError('cancelled', `cosmos closed the connection to ${host}`);
			}

			lines = lines.filter(({connection}) => !connection.lifeline.error);
			const found = lines.find(({channels}) => channels + more <= room);
			if (found) {
				found.channels += more;
				return found;
			}

			dialing ??= add().finally(() => {
				dialing = undefined;
			});
			await dialing;
		}
	}

	/**
	 * Once there was a line, a host that cannot be reached for another one is a line that is lost: whoever
	 * waits for such waits for this one, whenever it broke.
	 */
	function asLost(error: unknown): unknown {
		const isLost =
			wasThere &&
			error instanceof CosmosError &&
			error.kind === 'connection' &&
			!(error instanceof ConnectionLostError);
		return isLost ? new ConnectionLostError(host, error) : error;
	}

	return {
		get openedAt() {
			return lines[0]?.openedAt;
		},
		async connect() {
			await lineFor(0);
		},
		async over(work) {
			let patience = [...pauses];
			for (;;) {
				const line = await lineFor(1).catch(error => {
					throw asLost(error);
				});
				let refusal: NoRoomError;
				try {
					return await work(line.connection);
				} catch (error) {
					if (!(error instanceof NoRoomError)) {
						throw error;
					}

					refusal = error;
				} finally {
					line.channels--;
				}

				const pause = patience.shift();
				if (pause !== undefined) {
					await setTimeout(pause);
				} else if (line.channels === 0) {
					throw refusal;
				} else {
					room = Math.min(room, line.channels);
					patience = [...pauses];
				}
			}
		},
		dialMore: () => dial(closing.signal, true),
		async close() {
			closing.abort();
			await dialing?.catch(() => undefined);
			await Promise.all(lines.map(({connection}) => connection.close()));
			lines = [];
		},
	};
}
