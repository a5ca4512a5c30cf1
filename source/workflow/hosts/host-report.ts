import {exitCodes} from '../../domain/error-codes.js';
import {reportOf} from '../../domain/errors.js';
import {type Host, needsNoGpu} from '../../domain/hosts/host.js';
import type {EngineFacts} from '../../executor/engine/engine.js';
import type {HostSession} from '../../executor/host-session.js';
import {startDeadline} from '../../executor/transport/answer-timer.js';
import type {Local} from '../launch/launch-parts.js';
import type {HostReport} from '../workflow-types.js';
import type {ShownServer} from './shown-server.js';

/**
 * Checks a host. What cannot be read is a problem in the report; the rest is still reported. Once connected it takes
 * as long as one answer may take, however many there are.
 * @param local whose jobs there, and in the queue, are known
 * @param open opens the host's session, or gives the one that is open
 * @param known the engine's facts from an earlier look; given, the engine is not checked again
 */
export async function createHostReport(
	local: Local,
	host: Host,
	open: () => Promise<HostSession>,
	known?: EngineFacts,
): Promise<HostReport> {
	let session: HostSession;
	try {
		session = await open();
	} catch (error) {
		return {host, gpus: [], jobs: [], silent: true, problem: reportOf(error, 'host')};
	}

	const {transport, engine, remoteDir} = session;
	const {queryGpus, queryGpuProcesses} = await import('../../executor/diagnose/gpu.js');
	const deadline = startDeadline(host.name);
	const looking = Promise.all([
		Promise.allSettled([
			needsNoGpu(host) ? [] : queryGpus(transport),
			transport.freeSpace(remoteDir),
			known ?? engine.check(),
			engine.list(),
		]),
		engine.servers ? serversOf(session) : [],
	]);
	let looked: Awaited<typeof looking>;
	try {
		looked = await deadline.during(looking);
	} catch (error) {
		return {host, gpus: [], jobs: [], silent: true, problem: reportOf(error, 'host')};
	}

	const [[gpus, freeSpace, facts, jobs], servers] = looked;
	const [failed] = [gpus, freeSpace, facts, jobs].filter(part => part.status === 'rejected');
	const {findMissingGpus} = await import('../../executor/diagnose/describe-gpus.js');
	const missing =
		needsNoGpu(host) || engine.gpuNote !== undefined || gpus.status === 'rejected'
			? undefined
			: findMissingGpus(host, gpus.value);
	const reason = failed?.reason ?? missing;
	const problem = reason && reportOf(reason, 'host');
	if (problem?.exitCode === exitCodes.connection) {
		return {host, gpus: [], jobs: [], silent: true, problem};
	}

	const {describeJobs, findWaiting} = await import('./host-use.js');
	const waiting = await findWaiting(local, host.name);
	const cards = had(gpus) ?? [];
	const before = performance.now();
	return {
		host,
		problem,
		engine: had(facts),
		gpuNote: engine.gpuNote,
		gpus: cards,
		freeSpace: had(freeSpace),
		jobs: await describeJobs(local, had(jobs) ?? []),
		...(waiting.length > 0 && {waiting}),
		...(servers.length > 0 && {servers}),
		...(host.transport === 'ssh' && {
			connectedSince: transport.connectedSince,
			answerTime: await deadline.during(transport.isFolder(remoteDir)).then(
				() => performance.now() - before,
				() => undefined,
			),
		}),
		processes:
			cards.length === 0
				? undefined
				: await deadline.during(queryGpuProcesses(transport, cards)).catch(() => undefined),
	};
}

/** A host that cannot list them has a problem that is reported already. */
async function serversOf(session: HostSession): Promise<ShownServer[]> {
	const {listServers} = await import('./servers.js');
	return listServers(session).catch(() => []);
}

const had = <T>(part: PromiseSettledResult<T>) =>
	part.status === 'fulfilled' ? part.value : undefined;
