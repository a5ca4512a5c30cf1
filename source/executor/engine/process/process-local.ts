import {stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError} from '../../../domain/errors.js';
import {type Host, needsNoGpu} from '../../../domain/hosts/host.js';
import {readProvenance} from '../../../domain/runs/provenance.js';
import type {JobExit} from '../../../domain/runs/run-status.js';
import type {LiveJob} from '../../../domain/types.js';
import {ownerState} from '../../../machine/process-identity.js';
import {removeFile} from '../../../machine/remove-file.js';
import {killGroup} from '../../transport/local-process.js';
import type {Transport} from '../../transport/transport.js';
import {
	type Engine,
	type EngineFacts,
	type Job,
	type JobState,
	liveJob,
	type RunJobOptions,
} from '../engine.js';
import {commandOf} from '../job-script.js';
import {gpuRowFunctions, provenanceFunction} from '../provenance-script.js';
import {runScript} from '../slot-script.js';
import {type JobRecords, jobRecords} from './job-records.js';
import {processDoctor} from './process-doctor.js';
import {claimGpus, claimsGpus} from './process-local-claim.js';
import {followJob, noSuchJob, waitForJob} from './process-local-follow.js';
import {alreadyStartedError, startInSlot} from './process-local-slot.js';
import {removeClaimsScript} from './process-scripts.js';
import type {JobOrders, JobRecord} from './supervisor/job-files.js';
import {startSupervisor} from './supervisor/start-supervisor.js';

/** Seconds beyond the grace after which a supervisor that does not respond is itself killed. */
const supervisorPatience = 10;

/** A job that this process starts: it waits for its slot, or has no orders yet. */
type Start = {
	/** Ends it before it begins. */
	cancel: AbortController;
	/** Resolves when the job has begun, or will not. */
	over: Promise<void>;
};

/**
 * Jobs as plain processes of this machine: no container, no shell. Each has a supervisor, a process
 * that outlives us as a container does. One job at a time per GPU: for every `cosmos` process that
 * uses this host folder, and on Linux for all users, unless its jobs use no GPU.
 */
export function localProcessEngine(host: Host, remoteDir: string, transport: Transport): Engine {
	const records = jobRecords(path.join(remoteDir, 'cosmos-jobs'));
	const starts = new Map<string, Start>();
	/** Files of the claims on GPUs of jobs that this process has started. */
	const claims = new Map<string, string>();

	async function run(job: Job, options: RunJobOptions): Promise<JobExit> {
		// The script that claims its GPUs says it as well.
		const asked = claimsGpus(host) ? undefined : askHost(host, job, transport);
		const claimed = await during(job.runId, async signal => {
			const claim = asked ? undefined : await claimGpus(host, job, options, signal);
			try {
				const orders = ordersFor({...host, gpus: job.gpus ?? host.gpus}, job);
				await startInSlot(records, job, options, signal, () =>
					begin(records, job, orders, signal, claim?.file.fd),
				);
			} finally {
				await claim?.file.close();
			}

			return claim;
		});
		if (claimed) {
			claims.set(job.runId, claimed.path);
		}

		const made = claimed?.made ?? (await asked) ?? [];
		options.onStart?.(readProvenance(made, {engine: 'process'}));
		return followJob(records, job.runId, 0, options.onOutput);
	}

	/** Lets `stop` reach a start. */
	async function during<T>(runId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const cancel = new AbortController();
		const {promise: over, resolve: end} = Promise.withResolvers<void>();
		starts.set(runId, {cancel, over});
		try {
			return await work(cancel.signal);
		} finally {
			starts.delete(runId);
			end();
		}
	}

	async function stop(runId: string, grace: number): Promise<boolean> {
		const start = starts.get(runId);
		start?.cancel.abort();
		await start?.over;
		const found = await waitForJob(records, runId, 'begun');
		if (found.state !== 'running') {
			return start !== undefined;
		}

		await records.requestStop(runId, grace);
		const patience = AbortSignal.timeout((grace + supervisorPatience) * 1000);
		const last = await waitForJob(records, runId, 'over', patience);
		if (last.state === 'running') {
			await killSupervisor(records, last.record);
		}

		return true;
	}

	async function find(runId: string): Promise<JobState> {
		if (starts.has(runId)) {
			return {state: 'waiting'};
		}

		const found = await waitForJob(records, runId, 'begun');
		return found.state === 'exited'
			? found
			: {state: found.state === 'running' ? 'running' : 'gone'};
	}

	async function list(): Promise<LiveJob[]> {
		const living = await records.living();
		return living.flatMap(({runId, lane, startedBy, command, keeper}) =>
			liveJob({runId, lane, startedBy, state: `process ${(command ?? keeper).pid}`}),
		);
	}

	return {
		check: needs => check(host, needs?.program ? [] : host.prefix, remoteDir),
		doctor: processDoctor(host, transport, () => check(host, host.prefix, remoteDir)),
		run,
		async attach(runId, offset, {onOutput}) {
			const found = await waitForJob(records, runId, 'begun');
			if (found.state === 'gone') {
				throw noSuchJob(runId);
			}

			return followJob(records, runId, offset, onOutput);
		},
		find,
		stop,
		async remove(runId) {
			const {state} = await records.look(runId);
			if (state === 'exited' || state === 'gone') {
				await records.forget(runId);
				await records.clearLocks();
				const claim = claims.get(runId);
				if (claim !== undefined) {
					claims.delete(runId);
					await removeFile(claim);
				} else if (claimsGpus(host)) {
					await runScript(transport, removeClaimsScript(runId));
				}
			}
		},
		list,
	};
}

/** Lines that say what makes the result of a job that claims no GPU; none of a simulation without a checkout. */
async function askHost(host: Host, job: Job, transport: Transport): Promise<string[]> {
	const isSilent = needsNoGpu(host) && !(await exists(path.join(job.workFolder, '.git')));
	if (isSilent || process.platform === 'win32') {
		return [];
	}

	const gpus = job.gpus ?? host.gpus;
	const script = `mine=${gpus.join('-')}
${gpuRowFunctions}
${provenanceFunction({...job, gpus}, 'host')}
provenance
${gpus.length > 0 ? 'made_gpus' : ''}`;
	const {stdout} = await runScript(transport, script);
	return stdout.split('\n').flatMap(line => (line.startsWith('made ') ? [line.slice(5)] : []));
}

/** Starts a job in its slot; it runs on its own from then on. */
async function begin(
	records: JobRecords,
	{runId, slot, startedBy}: Job,
	orders: JobOrders,
	signal: AbortSignal,
	claim: number | undefined,
): Promise<void> {
	if ((await records.look(runId)).state !== 'gone') {
		throw alreadyStartedError(runId);
	}

	const folder = await records.makeFolder(runId);
	try {
		await startSupervisor({folder, runId, slot, startedBy, orders, signal, claim});
	} catch (error) {
		await records.forget(runId);
		throw error;
	}
}

/** For one that does not respond: it hangs, or is stopped. */
async function killSupervisor(records: JobRecords, {runId, keeper}: JobRecord): Promise<void> {
	if (ownerState(keeper) === 'unknown') {
		throw new CosmosError('container-missing', `the supervisor of ${runId} does not respond`, {
			hint: `It is process ${keeper.pid} on ${keeper.machine}; stop it there.`,
		});
	}

	killGroup(keeper.pid, 'SIGKILL');
	await waitForJob(records, runId, 'over');
}

function ordersFor(host: Host, job: Job): JobOrders {
	const {workFolder, env, timeLimit} = job;
	return {
		command: commandOf(job, host),
		cwd: workFolder,
		env: {
			...process.env,
			PYTHONPATH: workFolder,
			...(host.gpus.length > 0 && {CUDA_VISIBLE_DEVICES: host.gpus.join(',')}),
			...env,
		},
		timeLimit,
	};
}

async function check(
	host: Host,
	prefix: readonly string[],
	remoteDir: string,
): Promise<EngineFacts> {
	const [program = ''] = prefix;
	for (const [what, place] of [
		['folder', remoteDir],
		...prefix.filter(word => path.isAbsolute(word)).map(word => ['program', word]),
	] as const) {
		if (!(await exists(place as string))) {
			throw new CosmosError('host', `${host.name} has no ${what} ${place}`, {
				hint:
					what === 'folder'
						? `Make it, or set remote_dir under [hosts.${host.name}].`
						: 'Install or build it (`npm run build` builds the simulator).',
			});
		}
	}

	const version = program === process.execPath ? `Node.js ${process.versions.node}` : 'process';
	return {version, image: '', imageCreated: ''};
}

async function exists(file: string): Promise<boolean> {
	try {
		await stat(file);
		return true;
	} catch {
		return false;
	}
}
