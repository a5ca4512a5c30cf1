import path from 'node:path';
import type {SlotsFor} from '../../source/domain/queue/job.js';

/** Of every scene its own hosts: the scenes share the fake GPU host. One of them has two slots. */
export function hostsOf(folder: string): {a: string; b: string} {
	const scene = path.basename(folder);
	return {a: `a-${scene}`, b: `b-${scene}`};
}

/** What a configuration with these hosts says. */
export function slotsForScene(folder: string): SlotsFor {
	const {a, b} = hostsOf(folder);
	const lanes = [`${a} gpu0`, `${b} gpu0`, `${b} gpu1`];
	return target => (target === 'any' ? lanes : lanes.filter(lane => lane.startsWith(`${target} `)));
}
