import {slotKey} from '../queue/job.js';
import type {Operation} from '../settings/settings.js';
import {type Host, slotsOf} from './host.js';

/** Stands for every host, where a launch names one. */
export const anyHost = 'any';

/** The host that needs no configuration; `any` excludes it if there is another. */
export const demoName = 'demo';

/**
 * The targets of a launch: every host, every group, and `any` if there is more than one host.
 * @param operation leaves out what cannot do it: an endpoint only enhances texts
 */
export function targetsOf(all: readonly Host[], operation?: Operation): string[] {
	const isAny = operation === undefined || operation === 'enhance';
	const hosts = isAny ? all : all.filter(({endpoint}) => !endpoint);
	const groups = new Set(hosts.flatMap(({groups = []}) => groups));
	const several = hostsFor(hosts, anyHost).length > 1;
	return [...hosts.map(({name}) => name), ...groups, ...(several ? [anyHost] : [])];
}

/**
 * The hosts that a host's name, a group or `any` stands for, in the order of the configuration; none
 * if there is no such name. `any` never means a simulated host where there is a real one, because its
 * videos are no results; nor an endpoint, because texts would leave this machine unnoticed.
 */
export function hostsFor(hosts: readonly Host[], target: string): Host[] {
	const named = hosts.find(({name}) => name === target);
	if (named) {
		return [named];
	}

	if (target !== anyHost) {
		return hosts.filter(({groups = []}) => groups.includes(target));
	}

	const machines = hosts.filter(({endpoint}) => !endpoint);
	const own = machines.filter(({name}) => name !== demoName);
	const real = own.filter(({simulated}) => !simulated);
	return real.length > 0 ? real : own.length > 0 ? own : machines;
}

/** The slots of those hosts, as `slotKey` makes them. */
export function slotKeysFor(hosts: readonly Host[], target: string): string[] {
	return hostsFor(hosts, target).flatMap(host =>
		slotsOf(host).map(({lane}) => slotKey({host: host.name, lane})),
	);
}
