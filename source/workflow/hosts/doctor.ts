import type {Config} from '../../config/config.js';
import {type Check, okCheck, problemCheck} from '../../domain/check.js';
import {CosmosError} from '../../domain/errors.js';
import type {Host} from '../../domain/hosts/host.js';
import {formatBytes} from '../../domain/text-format.js';
import type {HostSession, HostSessionOptions} from '../../executor/host-session.js';
import {freeSpace} from '../../machine/free-space.js';
import {findToken} from '../launch/job-environment.js';

/** A local disk with fewer free bytes counts as full. */
const leastSpace = 1024 ** 3;

/**
 * Checks everything that runs on a host need, one thing at a time: a problem is reported once, and
 * checks that depend on it are skipped. Changes nothing, locally or on the host.
 * @param open opens the host's session, or gives the one that is open
 */
export async function diagnose(
	config: Config,
	host: Host,
	options: HostSessionOptions,
	open: () => Promise<HostSession>,
): Promise<Check[]> {
	const {diagnoseHost, localChecks, unreachedChecks} = await import(
		'../../executor/diagnose/diagnose-host.js'
	);
	const table = host.endpoint ? host.name : `hosts.${host.name}`;
	const from = config.sources.find(({key}) => key.startsWith(`${table}.`))?.from;
	const configuration = okCheck(
		'configuration',
		`host ${host.name}${from ? ` from ${from}` : ', built in'}`,
	);
	if (host.endpoint) {
		const {diagnoseEndpoint} = await import('./diagnose-endpoint.js');
		const checks = await diagnoseEndpoint(host.endpoint, options.env);
		return [configuration, ...checks, await diskHere(config.dataDir)];
	}

	let reached: {checks: Check[]; session?: HostSession};
	if (host.transport === 'local') {
		try {
			reached = {checks: localChecks(), session: await open()};
		} catch (error) {
			reached = {checks: [...localChecks().slice(0, -1), problemCheck('ssh', error)]};
		}
	} else {
		const {reachBySsh} = await import('../../executor/diagnose/diagnose-ssh.js');
		reached = await reachBySsh(host, options, open);
	}

	const there = reached.session
		? await diagnoseHost(reached.session, Date.now, () => findToken(host, options.env))
		: unreachedChecks(host);
	const home = await diskHere(config.dataDir);
	return [configuration, ...reached.checks, ...there.map(check => withHome(check, home))];
}

/** The disk's line covers both machines; a full disk on the host is reported first. */
function withHome(check: Check, home: Check): Check {
	if (check.name !== 'disk' || check.state === 'problem') {
		return check;
	}

	return home.state === 'problem'
		? home
		: {...check, message: [check.message, home.message].join(', ')};
}

/** The free space of the data folder, which may not be there yet. */
async function diskHere(folder: string): Promise<Check> {
	try {
		const free = await freeSpace(folder);
		if (free < leastSpace) {
			throw new CosmosError(
				'local-disk-full',
				`this machine has ${formatBytes(free)} left in ${folder}`,
				{
					hint: 'Free some space, or use another data folder: --data DIR or COSMOS_DATA.',
				},
			);
		}

		return okCheck('disk', `${formatBytes(free)} free here`);
	} catch (error) {
		return problemCheck('disk', error);
	}
}
