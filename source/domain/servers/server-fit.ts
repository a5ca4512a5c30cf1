import type {Host} from '../hosts/host.js';
import type {ModelServer, ServedTask} from './server.js';
import {findServerKind} from './server-kinds.js';

/** A server of a host, and why it cannot do a task; undefined when it can. */
export type ServerFit = {server: ModelServer; lack?: string};

/** What each server of a host says to a task. */
export function fitServers({servers = []}: Host, task: ServedTask): ServerFit[] {
	return servers.map(server => {
		const lack = findServerKind(server.kind).lacks(task, server);
		return {server, ...(lack !== undefined && {lack})};
	});
}

/**
 * How a transfer of its own would use the servers of its host, a line for each.
 * @param requested whether a server has to do it. @default whichever is sooner
 * @param siblings other launches of the same call. @default 0
 */
export function describeServers(
	host: Host,
	task: ServedTask,
	{requested, siblings = 0}: {requested?: boolean; siblings?: number} = {},
): string[] {
	if (task.operation !== 'transfer') {
		return [];
	}

	return fitServers(host, task).map(({server, lack}) => {
		const name = `server ${server.name}`;
		if (lack !== undefined) {
			return `${name}: cannot do it: ${lack}`;
		}

		if (requested === false) {
			return `${name}: not used: --no-server`;
		}

		return requested || siblings > 0
			? `${name}: does it, and is started if it does not run`
			: `${name}: does it if it runs, or if another job waits for its model`;
	});
}
