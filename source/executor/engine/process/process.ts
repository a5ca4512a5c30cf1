import type {CreateEngine} from '../engine-kind.js';
import {localProcessEngine} from './process-local.js';
import {remoteProcessEngine} from './process-remote.js';

/** Jobs as plain processes, of this machine or of one that a connection reaches. */
export const processEngine: CreateEngine = (host, remoteDir, transport) =>
	host.transport === 'local'
		? localProcessEngine(host, remoteDir, transport)
		: remoteProcessEngine(host, remoteDir, transport);
