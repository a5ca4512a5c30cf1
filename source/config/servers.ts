import {CosmosError} from '../domain/errors.js';
import {type Host, slotsOf} from '../domain/hosts/host.js';
import type {ModelServer} from '../domain/servers/server.js';
import {findServerKind} from '../domain/servers/server-kinds.js';
import type {ServerEntry} from './config-file.js';

/** Seconds; a model may take minutes to load, and the next job may come after lunch. */
const usual = {idleStop: 1800, startLimit: 1800};

/**
 * The servers of a host, complete with defaults.
 * @throws CosmosError (configuration) for one that cannot work, with the file that names it
 */
export function completeServers(
	host: Host,
	entries: Readonly<Record<string, ServerEntry>>,
	file: string,
): ModelServer[] {
	return Object.entries(entries).map(([name, entry]) => {
		const place = `${file}: [hosts.${host.name}.servers.${name}]`;
		if (host.engine !== 'docker') {
			throw refusal(
				`${place}: model servers need Docker, and the engine of ${host.name} is ${host.engine}`,
				'Remove the table, or use a host with engine = "docker".',
			);
		}

		const slots = slotsOf(host);
		const {gpus = slots[0]?.gpus ?? []} = entry;
		const wanted = [...gpus].sort().join();
		const slot = slots.find(one => [...one.gpus].sort().join() === wanted);
		if (!slot) {
			const sets = slots.map(one => `[${one.gpus.join(', ')}]`).join(' or ');
			throw refusal(
				`${place}: gpus must be those of a slot of ${host.name}`,
				`Give ${sets}, or change gpus of the host.`,
			);
		}

		const server: ModelServer = {
			name,
			kind: entry.kind,
			checkpoint: entry.checkpoint,
			image: entry.image ?? host.image,
			gpus: slot.gpus,
			lane: slot.lane,
			args: entry.args ?? [],
			idleStop: entry.idle_stop ?? usual.idleStop,
			startLimit: entry.start_limit ?? usual.startLimit,
			...(entry.url !== undefined && {url: entry.url.replace(/\/$/, '')}),
		};
		if (entry.url === undefined && entry.image === undefined) {
			throw refusal(
				`${place} has no image`,
				'Add a line such as image = "vllm/vllm-omni:cosmos3".',
			);
		}

		const problem = findServerKind(server.kind).problem(server);
		if (problem !== undefined) {
			throw refusal(`${place}: ${problem}`, 'See docs/servers.md for the keys and their values.');
		}

		return server;
	});
}

function refusal(message: string, hint: string): CosmosError {
	return new CosmosError('configuration', message, {hint});
}
