import {CosmosError} from '../../domain/errors.js';
import type {Host} from '../../domain/hosts/host.js';
import type {RunJobOptions, ServerEngine} from '../../executor/engine/engine.js';
import type {HostSession} from '../../executor/host-session.js';
import {findServer, serverPlace} from '../../executor/server-place.js';
import {jobEnvironment} from '../launch/job-environment.js';
import {checkStart} from '../launch/server-choice.js';
import {ownerMark} from '../owner-mark.js';
import {isUp, type ShownServer} from './shown-server.js';

/** The servers of the host's configuration, and those of others that run there. */
export async function listServers(session: HostSession): Promise<ShownServer[]> {
	const {host, engine, remoteDir, transport} = session;
	const {servers = []} = host;
	const live = (await engine.servers?.list()) ?? [];
	const places = servers.map(server => serverPlace(host, server, remoteDir));
	const own = servers.map((server, at): ShownServer => {
		const {name, kind, checkpoint, lane, url} = server;
		const there = live.find(({key}) => key === places[at]?.key);
		const state = url === undefined ? (there?.state ?? 'stopped') : 'external';
		return {
			...{name, kind, checkpoint, lane},
			...there,
			state,
			host: host.name,
			isConfigured: true,
			...(url !== undefined && {url}),
		};
	});
	const others = live
		.filter(({key, state}) => state !== 'ended' && places.every(place => place.key !== key))
		.map((one): ShownServer => ({...one, host: host.name, isConfigured: false}));
	const all = [...own, ...others];
	return host.simulated || !all.some(isUp) ? all : withMemory(all, host, transport);
}

async function withMemory(
	all: readonly ShownServer[],
	host: Host,
	transport: HostSession['transport'],
): Promise<ShownServer[]> {
	const [{queryGpus}, {gpusOf}] = await Promise.all([
		import('../../executor/diagnose/gpu.js'),
		import('../../domain/hosts/host.js'),
	]);
	const cards = await queryGpus(transport).catch(() => []);
	return all.map(server => {
		const its = gpusOf(host, server.lane);
		const used = cards
			.filter(({index}) => its.includes(index))
			.flatMap(({memoryUsed}) => memoryUsed ?? []);
		const gpuMemory = used.reduce((sum, one) => sum + one, 0);
		return isUp(server) && used.length > 0 ? {...server, gpuMemory} : server;
	});
}

/**
 * Starts a server without a job; resolves when it takes jobs. False when it runs already.
 * @throws CosmosError when it cannot start
 */
export async function startServer(
	session: HostSession,
	name: string,
	env: NodeJS.ProcessEnv,
	options: RunJobOptions,
): Promise<boolean> {
	const {host, remoteDir} = session;
	const {server, engine} = managed(session, name);
	const place = serverPlace(host, server, remoteDir);
	const there = (await engine.list()).find(({key}) => key === place.key);
	if (there && isUp(there) && there.state !== 'loading' && there.state !== 'draining') {
		return false;
	}

	await checkStart(session, server);
	const job = {
		startedBy: ownerMark(),
		workFolder: remoteDir,
		env: await jobEnvironment(host, env),
	};
	await engine.start(place, job, options);
	return true;
}

/** Stops a server when its jobs have ended. False when none of that name runs. */
export async function stopServer(session: HostSession, name: string): Promise<boolean> {
	const {engine, key} = await findLive(session, name);
	return key === undefined ? false : engine.stop(key);
}

/** Streams a server's log. @throws CosmosError when it was never started */
export async function serverLog(
	session: HostSession,
	name: string,
	options: Parameters<ServerEngine['log']>[1],
): Promise<void> {
	const {engine, key} = await findLive(session, name);
	if (key === undefined) {
		throw new CosmosError('server-failed', `server ${name} of ${session.host.name} has no log`, {
			hint: 'It was not started yet.',
		});
	}

	await engine.log(key, options);
}

function managed(session: HostSession, name: string) {
	const {host} = session;
	const server = findServer(host, name);
	if (server.url !== undefined) {
		throw new CosmosError(
			'cannot-serve',
			`server ${name} of ${host.name} is not started by cosmos`,
			{
				hint: `It has a url. To have cosmos run it, give it an image in place of that.`,
			},
		);
	}

	return {server, engine: engineOf(session)};
}

function engineOf({engine, host}: HostSession): ServerEngine {
	if (!engine.servers) {
		throw new CosmosError('cannot-serve', `${host.name} has no model servers: it has no Docker`);
	}

	return engine.servers;
}

/** The server of this configuration, running or ended; else one of that name that runs. */
async function findLive(session: HostSession, name: string) {
	const {host, remoteDir} = session;
	const engine = engineOf(session);
	const live = await engine.list();
	const server = host.servers?.find(one => one.name === name);
	const key = server && serverPlace(host, server, remoteDir).key;
	const found =
		live.find(one => one.key === key) ??
		live.find(one => one.name === name && one.state !== 'ended') ??
		live.find(one => one.name === name);
	if (!found && !server) {
		findServer(host, name);
	}

	return {engine, key: found?.key};
}
