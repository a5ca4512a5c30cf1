import {CosmosError} from '../../domain/errors.js';
import type {EngineConfig, EngineKind, EngineKinds} from './engine-kind.js';

/** The engine of a host that names none. */
export const defaultEngine = 'docker';

/** Every engine: a new one is a folder beside this file and a row here. */
export const engines = {
	docker: {
		summary: 'containers of Docker or Podman',
		config: async () => (await import('./docker/docker-config.js')).dockerConfig,
		load: async () => (await import('./docker/docker.js')).dockerEngine,
	},
	process: {
		summary: 'no container',
		config: async () => (await import('./process/process-config.js')).processConfig,
		load: async () => (await import('./process/process.js')).processEngine,
	},
	slurm: {
		summary: 'jobs through Slurm, with [hosts.h100.slurm]',
		config: async () => (await import('./slurm/slurm-config.js')).slurmConfig,
		load: async () => (await import('./slurm/slurm.js')).slurmEngine,
		preview: async () => (await import('./slurm/slurm-job.js')).previewSlurmJob,
		// Many jobs share its connection; an SSH server opens ten channels unless configured otherwise.
		mostCommands: 6,
	},
} satisfies EngineKinds;

/** @throws CosmosError (configuration) for a name that no engine has */
export function findEngine(kinds: EngineKinds, name: string): EngineKind {
	const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
	if (!kind) {
		throw new CosmosError('configuration', `there is no engine "${name}"`, {
			hint: `Engines: ${Object.keys(kinds).join(', ')}.`,
		});
	}

	return kind;
}

/** The part of each engine in the configuration, by its name. */
export type EngineConfigs = Readonly<Record<string, EngineConfig>>;

export async function loadEngineConfigs(kinds: EngineKinds): Promise<EngineConfigs> {
	const loaded = Object.entries(kinds).map(async ([name, {config}]) => [name, await config()]);
	return Object.fromEntries(await Promise.all(loaded));
}
