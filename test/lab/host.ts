import type {Host} from '../../source/domain/hosts/host.js';

/** A host of the configuration: this machine, without a container. `change` sets what a test is about. */
export function labHost(change: Partial<Host> = {}): Host {
	return {
		name: 'here',
		transport: 'local',
		engine: 'process',
		ssh: '',
		remoteDir: '~/cosmos',
		image: '',
		docker: ['docker'],
		gpus: [],
		dockerArgs: [],
		env: [],
		prefix: [],
		simulated: true,
		...change,
	};
}
