import type {Host} from '../../source/domain/hosts/host.js';
import {labHost} from './host.js';

/** A host of the configuration that is reached by an alias; `change` sets what a test is about. */
export function sshHost(alias: string, change: Partial<Host> = {}): Host {
	return labHost({name: 'gpu', transport: 'ssh', ssh: alias, simulated: false, ...change});
}
