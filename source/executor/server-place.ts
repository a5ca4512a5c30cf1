import {createHash} from 'node:crypto';
import {CosmosError} from '../domain/errors.js';
import {gpusOf, type Host} from '../domain/hosts/host.js';
import {familyOf} from '../domain/models/families.js';
import type {ModelServer} from '../domain/servers/server.js';
import {findServerKind} from '../domain/servers/server-kinds.js';
import type {ServerPlace} from './engine/engine.js';

/** The folder on the host, below the checkout, that holds the folders of servers. */
export const serversFolder = 'cosmos-servers';

/**
 * A server as the engine runs it. Another configuration, or another checkout, makes it another server,
 * which takes the place of the first one when its jobs have ended.
 * @param remoteDir the checkout's folder on the host, absolute
 */
export function serverPlace(host: Host, server: ModelServer, remoteDir: string): ServerPlace {
	const kind = findServerKind(server.kind);
	const identity = JSON.stringify([remoteDir, host.dockerArgs, server]);
	const key = `${server.name}-${createHash('sha256').update(identity).digest('hex').slice(0, 8)}`;
	return {
		name: server.name,
		key,
		folder: `${serversFolder}/${key}`,
		kind: server.kind,
		checkpoint: server.checkpoint,
		lane: server.lane,
		gpus: gpusOf(host, server.lane),
		image: server.image,
		command: kind.command(server),
		idleStop: server.idleStop,
		startLimit: server.startLimit,
		url: server.url ?? kind.url,
		ready: kind.ready,
		isForeign: server.url !== undefined,
		container: familyOf(kind.family).container,
	};
}

/** @throws CosmosError (configuration) for a server that the host does not have */
export function findServer({name, servers = []}: Host, wanted: string): ModelServer {
	const server = servers.find(one => one.name === wanted);
	if (!server) {
		const known = servers.map(one => one.name).join(', ');
		throw new CosmosError('configuration', `${name} has no server "${wanted}"`, {
			hint: known === '' ? `Add [hosts.${name}.servers.${wanted}].` : `Its servers: ${known}.`,
		});
	}

	return server;
}
