import type {Host} from '../../../domain/hosts/host.js';
import {describeGpus} from '../../diagnose/describe-gpus.js';
import type {Transport} from '../../transport/transport.js';
import type {EngineDoctor, EngineFacts} from '../engine.js';

/** The checks of `cosmos doctor` for jobs that are plain processes. The simulator needs no GPU. */
export function processDoctor(
	host: Host,
	transport: Transport,
	check: () => Promise<EngineFacts>,
): EngineDoctor {
	return {
		engine: async () => (await check()).version,
		gpus: async () =>
			host.simulated && host.gpus.length > 0
				? 'simulated: not needed'
				: describeGpus(host, transport),
		needsEngine: false,
	};
}
