import {CosmosError} from '../../source/domain/errors.js';
import type {Failure} from '../../source/domain/failures/failure.js';
import type {Run} from '../../source/domain/types.js';
import {alone, type Place} from '../../source/executor/place.js';
import {abortable} from '../../source/executor/transport/abortable.js';
import {isAlive} from '../../source/machine/process-identity.js';
import type {JobLauncher} from '../../source/queue/job-launcher.js';
import type {Store} from '../../source/store/store.js';
import {defaultSettings} from '../default-settings.js';
import type {GpuAnswer, GpuLine} from './gpu-line.js';

const failure: Failure = {reason: 'program-error', message: 'it failed', hint: ''};

/** Gets jobs done on the fake GPU host, with runs in the real store, as the workflow does. */
export function createGpuLauncher(store: Store, line: GpuLine): JobLauncher {
	/** Runs that this process is at work on. */
	const own = new Set<string>();

	async function work(run: Run, signal: AbortSignal, place: Place): Promise<Run> {
		own.add(run.id);
		const stop = () => line.ask({ask: 'stop', run: run.id, host: run.host});
		signal.addEventListener('abort', stop);
		try {
			return await toEnd(run, signal, place);
		} finally {
			signal.removeEventListener('abort', stop);
			place.leave();
			own.delete(run.id);
		}
	}

	async function toEnd(run: Run, signal: AbortSignal, place: Place): Promise<Run> {
		const {id, host} = run;
		const set = (change: (stored: Run) => Run) => store.updateRun(run.id, change);
		const found = await line.ask({ask: 'find', run: id, host});
		if (found === 'stopped') {
			// It may never have started.
			return record(set, found);
		}

		if (found === 'none') {
			const until = AbortSignal.any([signal, place.withdrawn]);
			try {
				await place.upload(1, until, async () => {
					await set(stored => ({...stored, status: 'uploading'}));
				});
				await set(stored => ({...stored, status: 'starting'}));
				const entered = place.enter(id, () => undefined);
				await abortable(entered, until);
			} catch (error) {
				if (!until.aborted) {
					throw error;
				}
			}

			if (signal.aborted) {
				await line.ask({ask: 'stop', run: id, host});
				return record(set, await line.ask({ask: 'wait', run: id, host}));
			}

			if (until.aborted) {
				return set(({jobId: _, ...stored}) => ({...stored, status: 'cancelled'}));
			}

			const part = run.jobId as string;
			await line.ask({ask: 'start', run: id, host, part, lane: `${run.host} ${run.lane}`});
		} else {
			await place.resume(id);
		}

		if (signal.aborted) {
			await line.ask({ask: 'stop', run: id, host});
		}

		const {run: now} = (await store.getRun(run.id)) as {run: Run};
		if (now.status === 'starting') {
			await set(stored => ({...stored, status: 'running'}));
		}

		const end = await line.ask({ask: 'wait', run: id, host});
		place.leave();
		return place.download(signal, () => record(set, end));
	}

	async function record(
		set: (change: (stored: Run) => Run) => Promise<Run>,
		end: GpuAnswer,
	): Promise<Run> {
		if (end === 'completed') {
			await set(stored => ({...stored, status: 'downloading', exitCode: 0}));
			return set(stored => ({...stored, status: 'completed', exitCode: 0, outputs: []}));
		}

		return set(stored =>
			end === 'stopped' ? {...stored, status: 'cancelled'} : {...stored, status: 'failed', failure},
		);
	}

	return {
		async reach(host) {
			if ((await line.ask({ask: 'reach', host})) === 'refused') {
				throw new CosmosError('connection', 'the host cannot be reached');
			}
		},
		async launch([request], _watcher, signal, place) {
			const {jobId: part = '', on: {host, lane} = {host: '', lane: ''}} = request ?? {};
			if ((await line.ask({ask: 'reach', host, part})) === 'refused') {
				throw new CosmosError('connection', 'the host cannot be reached');
			}

			if (signal.aborted) {
				throw new CosmosError('cancelled', 'cancelled before anything was started');
			}

			const run = await store.addRun(id => ({
				id,
				jobId: part,
				operation: 'transfer',
				promptId: 'ps_000000000000',
				promptName: 'prompt',
				promptText: 'a street',
				negative: '',
				model: 'transfer1',
				inputs: [],
				settings: defaultSettings,
				host,
				lane,
				simulated: true,
				createdAt: new Date().toISOString(),
				times: {},
				owner: store.owner,
				status: 'pending',
			}));
			return [await work(run, signal, place)];
		},
		recover: (id, _watcher, signal, place) => recover(id, signal, place),
		async withdraw(id) {
			const withdrawn = AbortSignal.abort();
			await recover(id, new AbortController().signal, {...alone, withdrawn});
		},
	};

	async function recover(id: string, signal: AbortSignal, place: Place): Promise<Run> {
		const run = await store.updateRun(id, stored => {
			if (own.has(id) || (stored.owner.pid !== store.owner.pid && isAlive(stored.owner))) {
				throw new CosmosError('usage', `a living cosmos works on ${id}`);
			}

			return {...stored, owner: store.owner};
		});
		return work(run, signal, place);
	}
}
