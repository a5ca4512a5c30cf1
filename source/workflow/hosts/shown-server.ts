import {formatDuration} from '../../domain/text-format.js';
import type {LiveServer} from '../../executor/engine/engine.js';

/** A model server as a reader shows it: of the configuration, or found on the host. */
export type ShownServer = Omit<LiveServer, 'state' | 'key' | 'startedBy'> & {
	host: string;
	/** `stopped`: it does not run; `external`: somebody else starts and stops it. */
	state: LiveServer['state'] | 'stopped' | 'external';
	/** Absent for one that was never started. */
	key?: string;
	startedBy?: string;
	url?: string;
	/** MiB in use on its GPUs; only while it runs, where the driver says it. */
	gpuMemory?: number;
	/** Whether it is this configuration's. */
	isConfigured: boolean;
};

/** Whether it holds its GPUs now. */
export function isUp({state}: Pick<ShownServer, 'state'>): boolean {
	return state === 'loading' || state === 'idle' || state === 'busy' || state === 'draining';
}

/** `idle, stops in 12:00`. */
export function serverState({state, stopsIn, exitCode, url}: ShownServer): string {
	switch (state) {
		case 'idle':
			return `idle, stops in ${formatDuration(stopsIn ?? 0)}`;
		case 'draining':
			return 'stops after its jobs';
		case 'ended':
			return exitCode === 0 ? 'stopped' : `ended with code ${exitCode ?? '?'}`;
		case 'external':
			return `at ${url}`;
		default:
			return state;
	}
}
