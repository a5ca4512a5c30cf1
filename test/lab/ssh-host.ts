import type {Host} from '../../source/domain/host.js';

/** A host of the configuration that is reached by an alias; `change` sets what a test is about. */
export function sshHost(alias: string, change: Partial<Host> = {}): Host {
	return {
		name: 'gpu',
		transport: 'ssh',
		engine: 'process',
		ssh: alias,
		remoteDir: '~/cosmos',
		image: '',
		docker: ['docker'],
		gpus: [],
		dockerArgs: [],
		env: [],
		prefix: [],
		simulated: false,
		...change,
	};
}
