import type {ChaosEngine} from './chaos-engine.js';
import {dockerPlay} from './docker.js';
import {localPlay, remotePlay} from './process.js';
import {slurmPlay} from './slurm.js';

/** The engines by the words of `--engine`; processes are two of them. */
export const plays: Readonly<Record<string, readonly ChaosEngine[]>> = {
	docker: [dockerPlay],
	process: [remotePlay, localPlay],
	remote: [remotePlay],
	local: [localPlay],
	slurm: [slurmPlay],
	all: [dockerPlay, remotePlay, localPlay, slurmPlay],
};
