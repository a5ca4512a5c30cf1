import type {GpuHost} from './gpu-host.js';

/** Configures a server of Cosmos 3 for the configuration of the laboratory's host. */
export function addServer(
	lab: Pick<GpuHost, 'configure' | 'docker' | 'hostConfig'>,
	name: string,
	keys: Readonly<Record<string, string | number>> = {},
): void {
	const all = {kind: 'vllm-omni', checkpoint: 'Cosmos3-Nano', image: lab.docker.image, ...keys};
	const lines = Object.entries(all).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
	lab.configure(`${lab.hostConfig}\n[hosts.lab.servers.${name}]\n${lines.join('')}`);
}

/** The containers of servers, running or ended. */
export function serverContainers(lab: Pick<GpuHost, 'docker'>): string[] {
	return lab.docker.containers().filter(name => name.startsWith('cosmos-server-'));
}
