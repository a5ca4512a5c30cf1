import {ConnectionLostError, CosmosError} from '../../../domain/errors.js';
import {findRemedy} from '../../../domain/failures/find-cause.js';
import type {Host} from '../../../domain/hosts/host.js';
import type {ExecResult} from '../../transport/transport.js';
import {explainWait} from '../slot-script.js';
import {engineWords, explainRefusal, isEngineDown} from './docker-refusal.js';

/** The engine refused the container. */
export function notStarted(host: Host, stderr: string): CosmosError {
	return new CosmosError(
		'engine-failed',
		`${host.name} could not start the job: ${engineWords(stderr)}`,
		{
			hint:
				findRemedy(stderr) ??
				`Look at docker_args under [hosts.${host.name}]; \`cosmos doctor\` shows what the host is missing.`,
		},
	);
}

/** Why a start ended before its container: what refused it, or that it waited no more. */
export function neverStarted(host: Host, result: ExecResult): CosmosError {
	const refusal = explainRefusal(result.stderr, host);
	if (isEngineDown(result.stderr)) {
		// It was there when it was checked: it is being restarted, and jobs may be running there.
		return new ConnectionLostError(host.name, refusal);
	}

	return refusal ?? explainWait(host.name, result) ?? notStarted(host, result.stderr);
}
