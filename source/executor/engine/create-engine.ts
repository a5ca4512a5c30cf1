import type {Host} from '../../domain/host.js';
import type {Transport} from '../transport/transport.js';
import {dockerEngine} from './docker/docker.js';
import type {Engine} from './engine.js';
import {localProcessEngine} from './process/process-local.js';
import {remoteProcessEngine} from './process/process-remote.js';
import {slurmEngine} from './slurm/slurm.js';

/**
 * The engine that the host's configuration names.
 * @param remoteDir the checkout's folder on the host, absolute
 */
export function createEngine(host: Host, remoteDir: string, transport: Transport): Engine {
	if (host.engine === 'docker') {
		return dockerEngine(host, remoteDir, transport);
	}

	if (host.engine === 'slurm') {
		return slurmEngine(host, remoteDir, transport);
	}

	return host.transport === 'local'
		? localProcessEngine(host, remoteDir)
		: remoteProcessEngine(host, remoteDir, transport);
}
