import type {Host} from '../../../domain/hosts/host.js';
import {quoteWords} from '../../transport/quote-words.js';
import {type Transport, workTime} from '../../transport/transport.js';
import type {EndedJob} from '../engine.js';
import {runScript} from '../slot-script.js';
import {cannotList} from './docker-list.js';
import {parseContainers} from './docker-state.js';
import {labels} from './docker-words.js';

/** Containers of this product that have ended or never started. */
export async function listEndedContainers(host: Host, transport: Transport): Promise<EndedJob[]> {
	const states = ['exited', 'created', 'dead'].flatMap(state => ['--filter', `status=${state}`]);
	const script = `engine() { ${quoteWords(host.docker)} "$@"; }
ids=$(engine ps -aq --no-trunc --filter label=${labels.run} ${quoteWords(states)}) || exit 1
[ -n "$ids" ] && engine container inspect -s $ids
exit 0`;
	const {code, stdout, stderr} = await runScript(transport, script, {timeLimit: workTime});
	if (code !== 0) {
		throw cannotList(host, {stderr});
	}

	return parseContainers(stdout).map(container => ({
		runId: container.labels[labels.run] ?? '',
		startedBy: container.labels[labels.startedBy] ?? '',
		ended: container.ended,
		size: container.size,
	}));
}
