import type {ChaosEngine} from './chaos-engine.js';
import {dockerPlay} from './docker.js';
import {localPlay, processPlay} from './process.js';
import {slurmPlay} from './slurm.js';

/** The engines by the words of `--engine`. */
export const plays: Readonly<Record<string, readonly ChaosEngine[]>> = {
	docker: [dockerPlay],
	process: [processPlay, localPlay],
	local: [localPlay],
	slurm: [slurmPlay],
	all: [dockerPlay, processPlay, localPlay, slurmPlay],
};
