import type {EngineConfig} from '../engine-kind.js';

/** `engine = "docker"`: `docker`, `docker_args` and `image` stand among the host's own keys. */
export const dockerConfig: EngineConfig = {
	complete: () => ({needsImage: true}),
	label: ({docker}) => docker.join(' '),
};
