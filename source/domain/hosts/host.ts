import type {ModelServer} from '../servers/server.js';
import {chatUrl, type Endpoint, formatPlace} from './endpoint.js';

/** A host as the configuration names it, complete with defaults. */
export type Host = {
	name: string;
	transport: 'ssh' | 'local';
	/** Its engine: a row of the table of engines. */
	engine: string;
	/** Alias in the OpenSSH configuration, or a host name; only with transport `ssh`. */
	ssh: string;
	/** From the alias, unless given here. */
	user?: string;
	port?: number;
	/** What carries the connection. @default ssh2, or the OpenSSH client where ssh2 cannot */
	sshClient?: 'ssh2' | 'openssh';
	/** Local identity file. */
	key?: string;
	/** Folder on the host: the model's checkout. `~/` is the user's home folder there. */
	remoteDir: string;
	/** Container image; empty where no container is used. */
	image: string;
	/** The Docker command, as words: `docker`, `podman`, `sudo docker`. */
	docker: readonly string[];
	/** GPU indices given to jobs, those of all slots; none means that no GPU option is passed at all. */
	gpus: readonly number[];
	/** The GPU sets of its slots, where it has several; no two share a GPU. @default one of all `gpus` */
	gpuSets?: ReadonlyArray<readonly number[]>;
	/** The groups of hosts that it belongs to. */
	groups?: readonly string[];
	/** Extra arguments of `docker run`. */
	dockerArgs: readonly string[];
	/** Words after the commands of transfers, by the family of models. */
	extraArgs?: Readonly<Partial<Record<string, readonly string[]>>>;
	/** Names of local environment variables that a job gets. */
	env: readonly string[];
	/** Local file with the Hugging Face token, for jobs of a process that has no HF_TOKEN. */
	tokenFile?: string;
	/** Words before the model's command; how the simulator is started with engine `process`. */
	prefix: readonly string[];
	/** The family of models whose checkout and image are there; absent for the first one. */
	model?: string;
	/** The engine's own table of the configuration, as parsed by the engine. */
	engineSettings?: unknown;
	/** The number of jobs at once for an engine that assigns GPUs itself: so many slots. */
	width?: number;
	/** Uploads are readable by others, as the umask there allows. @default only for their owner */
	shared?: boolean;
	/** Its model servers. @default none */
	servers?: readonly ModelServer[];
	/** Whether the model there is the simulator. */
	simulated: boolean;
	/** It only stands for a chat endpoint: its jobs are requests from this machine, without a GPU. */
	endpoint?: Endpoint;
	/**
	 * How many runs may share a container given its GPU memory, with one control, two, more;
	 * for `cosmos queue optimise`. @default defaultBatchSizes
	 */
	batchSizes?: readonly [number, number, number];
};

/** Batch sizes of a host without configured ones. */
export const defaultBatchSizes = [8, 4, 2] as const;

/** A slot: one GPU set of a host, one job at a time. */
export type Slot = {lane: string; gpus: readonly number[]};

/** At least one, in the order of the configuration. */
export function slotsOf({gpus, gpuSets = [gpus], width = 1}: Host): Slot[] {
	if (width > 1) {
		// The engine assigns the GPUs; a slot is only a place in its queue.
		return Array.from({length: width}, (_, index) => ({lane: `slot${index + 1}`, gpus}));
	}

	return gpuSets.map(set => ({
		lane: set.length === 0 ? 'all' : `gpu${set.join('-')}`,
		gpus: set,
	}));
}

/** The names of the slots for display; of very many the first and the last. */
export function slotNames(host: Host): string[] {
	const names = slotsOf(host).map(({lane}) => lane);
	return names.length > 8 ? [names[0] as string, '…', names.at(-1) as string] : names;
}

/** The GPUs of a slot; all of the host if its configuration no longer has this slot. */
export function gpusOf(host: Host, lane: string): readonly number[] {
	return slotsOf(host).find(one => one.lane === lane)?.gpus ?? host.gpus;
}

/** Whether two slots of a host have a GPU in common. A slot with a name of another form shares only its own. */
export function sharesGpu(slot: string, other: string): boolean {
	const [ours, theirs] = [slot, other].map(name =>
		name === 'all' ? name : /^gpu(\d+(?:-\d+)*)$/.exec(name)?.[1]?.split('-'),
	);
	return (
		slot === other ||
		(ours !== undefined &&
			theirs !== undefined &&
			(ours === 'all' || theirs === 'all' || ours.some(gpu => theirs.includes(gpu))))
	);
}

/** Whether its jobs run in containers. */
export function hasContainers({image}: Host): boolean {
	return image !== '';
}

/** Whether jobs there use no GPU: those of the simulator, and requests to an endpoint. */
export function needsNoGpu({simulated, endpoint}: Host): boolean {
	return simulated || endpoint !== undefined;
}

/** A host for `--json`: the settings of its engine under the engine's name, as in the configuration. */
export function hostRecord({engineSettings, width: _, ...host}: Host): Record<string, unknown> {
	return {...host, ...(engineSettings !== undefined && {[host.engine]: engineSettings})};
}

/** How a host is reached, for people: `ssh ada@gpu-box:2222`. */
export function formatLocation({transport, ssh, user, port, endpoint}: Host): string {
	if (endpoint) {
		return formatPlace(chatUrl(endpoint.url));
	}

	return transport === 'local'
		? 'this machine'
		: `ssh ${user ? `${user}@` : ''}${ssh}${port ? `:${port}` : ''}`;
}
