import {ConnectionLostError, CosmosError, hasCode, messageOf} from '../../domain/errors.js';
import {gpusOf, type Host, sharesGpu, slotsOf} from '../../domain/hosts/host.js';
import {memoryNeedOf, memoryWarning} from '../../domain/models/memory-warning.js';
import {gpuNeedsOfTask, needsOf, slotsWithGpus} from '../../domain/models/models.js';
import {timeLimitOf} from '../../domain/runs/batch.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {GpuFacts, RunTask} from '../../domain/types.js';
import type {HostSession} from '../../executor/host-session.js';
import type {HostSessions} from '../../executor/host-sessions.js';
import type {Store} from '../../store/store.js';
import type {CheckedBatch} from './batch-check.js';
import {gpuCountError} from './launch-check.js';
import {sizeOfInputs} from './launch-record.js';

/** A host that can run the tasks, its slots that are large enough, and those of them that are free. */
type Ready = {session: HostSession; slots: readonly string[]; free: readonly string[]};

export type ChosenSlot = {
	session: HostSession;
	slot: string;
	/** What a person should know of the slot before the job runs. */
	warning?: string;
};

/** The newest runs among which those are that occupy a slot. */
const newestRuns = 200;

/** Finds the slot of a launch: asks its hosts, all at once, whether they can run it. */
export function createSlotChoice({store, sessions}: {store: Store; sessions: HostSessions}) {
	/** The needs that each session's host was checked for. */
	const checked = new WeakMap<HostSession, Set<string>>();
	const gpus = new WeakMap<HostSession, Promise<readonly GpuFacts[]>>();

	/**
	 * The slot that has been chosen already, or the first free one of a host that answers. Where none
	 * is free, one of those that can run it: the job waits there.
	 * @throws CosmosError as the host's check does; of several hosts it names what each lacks
	 */
	async function choose(launch: CheckedBatch): Promise<ChosenSlot> {
		const {hosts, target, lane} = launch;
		const mayDiffer = hosts.length > 1 || target !== hosts[0]?.name;
		const asked = hosts.map(host => prepare(host, launch, mayDiffer));
		const free = asked.map(async answer => {
			const ready = await answer;
			return ready.free.length > 0 ? ready : Promise.reject(new Error('busy'));
		});
		const first = await Promise.any(free).catch(() => undefined);
		const {session, slots, free: usable} = first ?? (await firstOf(asked, target));
		const slot = lane ?? usable[0] ?? (slots[0] as string);
		const warning = await warnOfMemory(session, slot, launch.tasks);
		return {session, slot, ...(warning && {warning})};
	}

	/** A look that fails has nothing to warn of: the job needs no nvidia-smi. */
	async function warnOfMemory(
		session: HostSession,
		slot: string,
		tasks: readonly RunTask[],
	): Promise<string | undefined> {
		const {host} = session;
		const own = gpusOf(host, slot);
		if (!looksAtGpus(session, tasks)) {
			return undefined;
		}

		const cards = await gpusThere(session).catch(() => []);
		return memoryWarning(
			host.name,
			cards.filter(({index}) => own.includes(index)),
			tasks,
		);
	}

	/** Whether the GPUs of a host can be too small for tasks, and are those that its nvidia-smi shows. */
	function looksAtGpus({host, engine}: HostSession, tasks: readonly RunTask[]): boolean {
		const isAssigned = host.gpus.length === 0 || engine.gpuNote !== undefined;
		return !host.simulated && !isAssigned && tasks.some(task => memoryNeedOf(task, 1));
	}

	async function prepare(host: Host, launch: CheckedBatch, mayDiffer: boolean): Promise<Ready> {
		const session = await sessions.open(host);
		try {
			return await look(session, launch, mayDiffer).catch(async error => {
				if (!hasCode(error, 'connection-lost')) {
					throw error;
				}

				await session.transport.connect();
				return look(session, launch, mayDiffer);
			});
		} catch (error) {
			throw error instanceof ConnectionLostError && error.code === 'connection-lost'
				? new ConnectionLostError(host.name, error.cause, {hint: 'Nothing was started; try again.'})
				: error;
		}
	}

	async function look(
		session: HostSession,
		launch: CheckedBatch,
		mayDiffer: boolean,
	): Promise<Ready> {
		const {checkSpaceThere} = await import('../../executor/host-session.js');
		const {tasks, lane} = launch;
		const {host} = session;
		if (looksAtGpus(session, tasks)) {
			// It is asked while the host is checked, and read when the slot is known.
			gpusThere(session);
		}

		await Promise.all([checkOnce(session, tasks), checkSpaceThere(session, sizeOfInputs(tasks))]);
		const own = lane === undefined ? slotsOf(host).map(one => one.lane) : [lane];
		const enough = withGpus(session, own, tasks);
		const slots = mayDiffer ? await withMemory(session, enough, tasks) : enough;
		// Who has no choice need not ask who works there.
		const isOnly = launch.hosts.length === 1 && slots.length === 1;
		return {session, slots, free: isOnly ? slots : await findFree(session, slots)};
	}

	/** What goes missing on a host after it was checked, the start of a job refuses. */
	async function checkOnce(session: HostSession, tasks: readonly RunTask[]): Promise<void> {
		// Those that share a container need the same, and the time of all.
		const needs = {...needsOf(tasks[0] as RunTask), timeLimit: timeLimitOf(tasks)};
		const met = checked.get(session) ?? new Set();
		const key = JSON.stringify(needs);
		if (!met.has(key)) {
			await session.engine.check(needs);
			checked.set(session, met.add(key));
		}
	}

	/** @throws CosmosError (host) when no slot has a number of GPUs that the model can use */
	function withGpus(
		{host}: HostSession,
		slots: readonly string[],
		tasks: readonly RunTask[],
	): readonly string[] {
		const needs = gpuNeedsOfTask(tasks[0] as RunTask);
		const fitting = slotsWithGpus(host, needs);
		const usable = slots.filter(slot => fitting.includes(slot));
		if (usable.length === 0 && !host.simulated) {
			const those = slotsOf(host).filter(({lane}) => slots.includes(lane));
			throw gpuCountError(host, those, needs);
		}

		return host.simulated ? slots : usable;
	}

	/** @throws CosmosError (host) when no slot's GPUs have the memory that the model needs */
	async function withMemory(
		session: HostSession,
		slots: readonly string[],
		tasks: readonly RunTask[],
	): Promise<readonly string[]> {
		const {host} = session;
		const {memory: needed, who} = gpuNeedsOfTask(tasks[0] as RunTask);
		if (needed === undefined || host.simulated) {
			return slots;
		}

		const cards = await gpusThere(session);
		const findSmallest = (slot: string) => {
			const own = slotsOf(host).find(({lane}) => lane === slot)?.gpus ?? [];
			const known = cards.filter(({index}) => own.includes(index));
			return Math.min(...known.map(({memoryTotal = Number.POSITIVE_INFINITY}) => memoryTotal));
		};
		const large = slots.filter(slot => (findSmallest(slot) * 1024 ** 2) / 1e9 >= needed);
		if (large.length === 0) {
			throw new CosmosError(
				'gpu-memory',
				`the GPUs of ${host.name} (${slots.join(', ')}) have less than the ${needed} GB of memory that ${who} needs`,
				{hint: 'Choose another host.'},
			);
		}

		return large;
	}

	function gpusThere(session: HostSession): Promise<readonly GpuFacts[]> {
		const known =
			gpus.get(session) ??
			import('../../executor/diagnose/gpu.js').then(({queryGpus}) => queryGpus(session.transport));
		gpus.set(session, known);
		known.catch(() => gpus.delete(session));
		return known;
	}

	/** Slots whose GPUs have no container there, no run here and no job of the queue. */
	async function findFree(
		{host, engine}: HostSession,
		slots: readonly string[],
	): Promise<string[]> {
		const [there, runs, {jobs}] = await Promise.all([
			engine.list(),
			store.listRuns({limit: newestRuns}),
			store.readQueue(),
		]);
		const going = runs.filter(({shown}) => isUnfinished(shown)).map(({run}) => run);
		const working = jobs.filter(({status}) => status === 'working');
		const taken = [...going, ...working].filter(one => one.host === host.name);
		const busy = [...there, ...taken];
		return slots.filter(slot => !busy.some(({lane}) => sharesGpu(lane, slot)));
	}

	return {choose};
}

/** The first host that can run it at all. @throws CosmosError when none can, with what each says */
async function firstOf(asked: ReadonlyArray<Promise<Ready>>, target: string): Promise<Ready> {
	try {
		return await Promise.any(asked);
	} catch {
		const answers = await Promise.allSettled(asked);
		const errors = answers.flatMap(answer => (answer.status === 'rejected' ? answer.reason : []));
		const [only] = errors;
		if (errors.length === 1) {
			throw only;
		}

		const kinds = errors.map(error => (error instanceof CosmosError ? error.kind : 'internal'));
		const kind = kinds.find(one => one !== 'connection') ?? 'connection';
		throw new CosmosError(kind, `no host of "${target}" can run it: ${problemsOf(errors)}`, {
			hint: '`cosmos hosts --check` shows what each of them is missing.',
		});
	}
}

function problemsOf(errors: readonly unknown[]): string {
	return [...new Set(errors.map(messageOf))].join('; ');
}
