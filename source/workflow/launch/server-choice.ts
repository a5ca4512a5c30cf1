import {CosmosError} from '../../domain/errors.js';
import {type Host, sharesGpu} from '../../domain/hosts/host.js';
import {anyHost} from '../../domain/hosts/host-choice.js';
import {findCheckpoint} from '../../domain/models/cosmos3/checkpoints.js';
import type {Job} from '../../domain/queue/job.js';
import type {ModelServer} from '../../domain/servers/server.js';
import {fitServers} from '../../domain/servers/server-fit.js';
import type {RunTask} from '../../domain/types.js';
import type {HostSession} from '../../executor/host-session.js';
import type {Store} from '../../store/store.js';

/** The servers that can do a task. @throws CosmosError (usage) when it has to be one and none can */
export function usableServers(
	host: Host,
	tasks: readonly RunTask[],
	requested?: boolean,
): ModelServer[] {
	const [task] = tasks as readonly [RunTask, ...RunTask[]];
	if (requested === false) {
		return [];
	}

	if (tasks.length > 1) {
		if (requested) {
			throw new CosmosError('cannot-serve', 'a batch shares a container, and runs on no server', {
				hint: 'Omit --batch: a server keeps its model loaded from job to job.',
			});
		}

		return [];
	}

	const fits = fitServers(host, task);
	const usable = fits.filter(({lack}) => lack === undefined).map(({server}) => server);
	if (requested && usable.length === 0) {
		const [first] = fits;
		throw first
			? new CosmosError(
					'cannot-serve',
					`server ${first.server.name} of ${host.name} cannot do it: ${first.lack}`,
					{hint: 'Omit --server: the job then runs in a container.'},
				)
			: new CosmosError('cannot-serve', `${host.name} has no model server`, {
					hint: `Add [hosts.${host.name}.servers.NAME], or omit --server.`,
				});
	}

	return usable;
}

/** A server that does not run is started once this many jobs wait for its model. */
const enough = 2;

export type ServerChoice = {
	/** Undefined: whichever is sooner. */
	server?: boolean;
	/** The other launches of the same call, for the same model: they decide alike. */
	siblings?: number;
	/** The slot, where it is chosen already. */
	lane?: string;
};

/**
 * The server for a launch; undefined for a container of its own. A server that runs is sooner than a
 * container, which loads the model first; one that does not run is started if enough jobs wait for it.
 * @throws CosmosError when a server has to do it and none can
 */
export async function chooseServer(
	store: Store,
	session: HostSession,
	tasks: readonly RunTask[],
	{server: requested, siblings = 0, lane}: ServerChoice,
): Promise<ModelServer | undefined> {
	const {host, engine, remoteDir} = session;
	const usable = usableServers(host, tasks, requested).filter(
		one => lane === undefined || one.lane === lane,
	);
	const [first] = usable;
	if (!first || !engine.servers) {
		if (requested) {
			throw new CosmosError(
				'cannot-serve',
				`slot ${lane} of ${host.name} has no server that can do it`,
				{
					hint: 'Omit --server, or use the slot of the server.',
				},
			);
		}

		return undefined;
	}

	const [{serverPlace}, live] = await Promise.all([
		import('../../executor/server-place.js'),
		engine.servers.list(),
	]);
	const runs = ({name}: ModelServer) => {
		const server = usable.find(one => one.name === name) as ModelServer;
		const {key, isForeign} = serverPlace(host, server, remoteDir);
		const state = live.find(one => one.key === key)?.state;
		return isForeign || state === 'loading' || state === 'idle' || state === 'busy';
	};
	const warm = usable.find(runs);
	if (warm) {
		return warm;
	}

	if (!requested) {
		const [task] = tasks as readonly [RunTask, ...RunTask[]];
		const waiting = siblings > 0 ? siblings : await countWaiting(store, host, first, task);
		if (waiting + 1 < enough) {
			return undefined;
		}
	}

	await checkStart(session, first);
	return first;
}

/** Queued jobs that the same server could do. */
async function countWaiting(
	store: Store,
	host: Host,
	{lane}: ModelServer,
	task: RunTask,
): Promise<number> {
	const {jobs} = await store.readQueue();
	return jobs.filter(job => isAlike(job, host, lane, task)).length;
}

function isAlike(
	{status, parts, host: target, lane: its}: Job,
	host: Host,
	lane: string,
	task: RunTask,
) {
	const [part] = parts;
	if (status !== 'waiting' || parts.length !== 1 || !part) {
		return false;
	}

	const {request} = part;
	const ours = checkpointOf(task);
	const isHere =
		(target === host.name || target === anyHost || host.groups?.includes(target)) &&
		(its === '' || sharesGpu(its, lane));
	return (
		isHere === true &&
		'promptId' in request &&
		(request.operation ?? 'transfer') === task.operation &&
		'mode' in request &&
		request.mode === task.mode &&
		request.model === task.model &&
		request.server !== false &&
		(checkpointOf(request) ?? ours) === ours
	);
}

const checkpointOf = ({settings}: {settings?: object}) =>
	(settings as {checkpoint?: string} | undefined)?.checkpoint;

/** @throws CosmosError (host) when a server that does not run could not be started */
export async function checkStart(session: HostSession, server: ModelServer): Promise<void> {
	const {host, engine, transport} = session;
	await engine.check({image: server.image});
	const {memory, gpus} = findCheckpoint(server.checkpoint);
	if (memory === undefined || host.simulated || server.gpus.length === 0) {
		return;
	}

	const {queryGpus} = await import('../../executor/diagnose/gpu.js');
	const cards = (await queryGpus(transport)).filter(({index}) => server.gpus.includes(index));
	const smallest = Math.min(
		...cards.map(({memoryTotal = Number.POSITIVE_INFINITY}) => (memoryTotal * 1024 ** 2) / 1e9),
	);
	const needed = Math.ceil((memory * gpus) / server.gpus.length);
	if (smallest < needed) {
		throw new CosmosError(
			'gpu-memory',
			`server ${server.name} of ${host.name} needs GPUs of ${needed} GB for ${server.checkpoint}, and has one of ${Math.floor(smallest)} GB`,
			{hint: 'Choose a smaller checkpoint, or give it more GPUs.'},
		);
	}
}
