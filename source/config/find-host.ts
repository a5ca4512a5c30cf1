import type {Host} from '../domain/hosts/host.js';
import {hostsFor, targetsOf} from '../domain/hosts/host-choice.js';
import {notConfiguredError, withheldError} from './not-configured.js';
import type {Withheld} from './project-trust.js';

/** The hosts of a configuration, and what of it does not count. */
export type Hosts = {hosts: readonly Host[]; withheld?: Withheld};

/**
 * The hosts that a target stands for: a host's name, a group, or `any`.
 * @throws CosmosError (configuration) that names what there is
 */
export function findTarget({hosts, withheld}: Hosts, target: string): Host[] {
	const found = hostsFor(hosts, target);
	if (found.length === 0) {
		throw notConfiguredError('host', target, targetsOf(hosts), {withheld});
	}

	return found;
}

/** @throws CosmosError (configuration) that names the hosts there are */
export function findHost({hosts, withheld}: Hosts, name: string, what?: string): Host {
	const host = hosts.find(candidate => candidate.name === name);
	if (!host) {
		const names = hosts.map(candidate => candidate.name);
		throw notConfiguredError('host', name, names, {withheld, what});
	}

	return host;
}

/**
 * The default host, where somebody relies on it without a look.
 * @throws CosmosError (configuration) when the project names another one and is not trusted
 */
export function requireDefaultHost({
	defaultHost,
	defaultIsWithheld,
	withheld,
}: {
	defaultHost: string;
	defaultIsWithheld?: boolean;
	withheld?: Withheld;
}): string {
	if (withheld && defaultIsWithheld) {
		throw withheldError(withheld, 'default_host');
	}

	return defaultHost;
}
