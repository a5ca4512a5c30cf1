import {CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import type {LiveJob} from '../../../domain/types.js';
import type {ExecResult, Transport} from '../../transport/transport.js';
import {liveJob} from '../engine.js';
import {engineWords, explainRefusal} from './docker-refusal.js';
import {parseContainers} from './docker-state.js';
import {labels} from './docker-words.js';

/** Whether the engine's words say that a container is not there. */
export function isMissing(stderr: string): boolean {
	return /no such (?:container|object)/i.test(stderr);
}

/** The running containers of this product, of any user. @throws CosmosError (host) */
export async function liveContainers(host: Host, transport: Transport): Promise<LiveJob[]> {
	const filter = ['--no-trunc', '--filter', `label=${labels.run}`];
	const format = ['--format', '{{.ID}} {{.Status}}'];
	const listed = await transport.exec([...host.docker, 'ps', ...filter, ...format]);
	if (listed.code !== 0) {
		throw cannotList(host, listed);
	}

	const lines = listed.stdout.split('\n').filter(line => line !== '');
	const states = new Map(lines.map(line => [line.split(' ')[0] ?? '', line.replace(/^\S+ /, '')]));
	if (states.size === 0) {
		return [];
	}

	const inspect = [...host.docker, 'container', 'inspect', ...states.keys()];
	const inspected = await transport.exec(inspect);
	// One that was removed meanwhile is only missing.
	if (inspected.code !== 0 && !isMissing(inspected.stderr)) {
		throw cannotList(host, inspected);
	}

	return parseContainers(inspected.stdout).flatMap(container =>
		liveJob({
			runId: container.labels[labels.run] ?? '',
			lane: container.labels[labels.lane] ?? '',
			startedBy: container.labels[labels.startedBy] ?? '',
			state: states.get(container.id) ?? container.status,
		}),
	);
}

export function cannotList(host: Host, {stderr}: Pick<ExecResult, 'stderr'>): CosmosError {
	return (
		explainRefusal(stderr, host) ??
		new CosmosError('engine-failed', `cannot list containers on ${host.name}`, {
			hint: engineWords(stderr),
		})
	);
}
