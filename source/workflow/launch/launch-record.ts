import type {Host} from '../../domain/hosts/host.js';
import type {ModelServer} from '../../domain/servers/server.js';
import type {BatchPlace, Run, RunServer, RunTask} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {now} from '../job-store.js';

/** Records tasks as pending runs; all or none. Several share a container. */
export async function addRuns(
	store: Store,
	host: Host,
	slot: string,
	tasks: readonly RunTask[],
	server?: RunServer,
): Promise<Run[]> {
	const make = (task: RunTask, id: string, batch?: BatchPlace): Run => ({
		...task,
		id,
		host: host.name,
		lane: slot,
		// The command of a recipe is real on any host.
		simulated: host.simulated && task.operation !== 'recipe',
		createdAt: now(),
		times: {},
		owner: store.owner,
		...(batch && {batch}),
		...(server && {server}),
		status: 'pending',
	});
	const [first] = tasks;
	if (first && tasks.length === 1) {
		return [await store.addRun(id => make(first, id))];
	}

	return store.addRuns(tasks.length, ids =>
		tasks.map((task, index) =>
			make(task, ids[index] as string, {id: ids[0] as string, index, size: tasks.length}),
		),
	);
}

/** What a run keeps of its server. */
export function recordServer({name, kind, checkpoint, url}: ModelServer): RunServer {
	return {name, kind, checkpoint, ...(url !== undefined && {url})};
}

/** Bytes of the files that tasks need; one that several need counts once. */
export function sizeOfInputs(tasks: readonly RunTask[]): number {
	const files = new Map(tasks.flatMap(({inputs}) => inputs.map(({path, size}) => [path, size])));
	return [...files.values()].reduce((sum, size) => sum + size, 0);
}
