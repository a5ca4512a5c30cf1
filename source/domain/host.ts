/** A host as the configuration names it, complete with defaults. */
export type Host = {
	name: string;
	transport: 'ssh' | 'local';
	/** What runs its jobs: a row of the table of engines. */
	engine: string;
	/** Alias in the OpenSSH configuration, or a host name; only with transport `ssh`. */
	ssh: string;
	/** What the alias says, unless given here. */
	user?: string;
	port?: number;
	/** Identity file at home. */
	key?: string;
	/** Folder on the host: the model's checkout. `~/` is the user's home there. */
	remoteDir: string;
	/** Container image; empty where no container is used. */
	image: string;
	/** The command that speaks Docker, as words: `docker`, `podman`, `sudo docker`. */
	docker: readonly string[];
	/** GPU indices given to jobs, those of all slots; none means that no GPU option is passed at all. */
	gpus: readonly number[];
	/** The GPU sets of its slots, where it has several; no two share a GPU. @default one of all `gpus` */
	gpuSets?: ReadonlyArray<readonly number[]>;
	/** The groups of hosts that it belongs to. */
	groups?: readonly string[];
	/** Extra arguments of `docker run`. */
	dockerArgs: readonly string[];
	/** Names of environment variables at home that a job gets. */
	env: readonly string[];
	/** Words put before the model's command; the simulator's way in for engine `process`. */
	prefix: readonly string[];
	/** The family of models whose checkout and image are there; absent for the first one. */
	model?: string;
	/** What the engine's own table of the configuration says, as the engine reads it. */
	engineSettings?: unknown;
	/** Jobs that an engine which finds the GPUs by itself may have at once: so many slots. */
	width?: number;
	/** What is sent there is for others too, as the umask there says. @default only for its owner */
	shared?: boolean;
	/** True when the model there is the simulator. */
	simulated: boolean;
	/**
	 * Runs that its GPU memory lets share a container, for those that use one control, two, more;
	 * for `cosmos queue optimise`. @default defaultBatchSizes
	 */
	batchSizes?: readonly [number, number, number];
};

/** Batch sizes of a host whose configuration says nothing of them. */
export const defaultBatchSizes = [8, 4, 2] as const;

/** A slot: one GPU set of a host, one job at a time. */
export type Slot = {lane: string; gpus: readonly number[]};

/** At least one, in the order of the configuration. */
export function slotsOf({gpus, gpuSets = [gpus], width = 1}: Host): Slot[] {
	if (width > 1) {
		// The engine finds the GPUs; a slot is only a place in its line.
		return Array.from({length: width}, (_, index) => ({lane: `slot${index + 1}`, gpus}));
	}

	return gpuSets.map(set => ({
		lane: set.length === 0 ? 'all' : `gpu${set.join('-')}`,
		gpus: set,
	}));
}

/** The slots for people; of very many the first and the last. */
export function slotNames(host: Host): string[] {
	const names = slotsOf(host).map(({lane}) => lane);
	return names.length > 8 ? [names[0] as string, '…', names.at(-1) as string] : names;
}

/** The GPUs of a slot; all that the host gives when its configuration has no such slot any more. */
export function gpusOf(host: Host, lane: string): readonly number[] {
	return slotsOf(host).find(one => one.lane === lane)?.gpus ?? host.gpus;
}

/** Whether its jobs run in containers. */
export function hasContainers({image}: Host): boolean {
	return image !== '';
}

/** A host for `--json`: the settings of its engine under the engine's name, as in the configuration. */
export function hostRecord({engineSettings, width: _, ...host}: Host): Record<string, unknown> {
	return {...host, ...(engineSettings !== undefined && {[host.engine]: engineSettings})};
}

/** How a host is reached, for people: `ssh ada@gpu-box:2222`. */
export function formatLocation({transport, ssh, user, port}: Host): string {
	return transport === 'local'
		? 'this machine'
		: `ssh ${user ? `${user}@` : ''}${ssh}${port ? `:${port}` : ''}`;
}
