import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {cleanText} from '../../domain/log-lines.js';
import {placeOf, type SshTarget} from './ssh-target.js';

/** Why no connection came about, for a person. */
export function connectError(target: SshTarget, cause: unknown): CosmosError {
	if (cause instanceof CosmosError) {
		return cause;
	}

	const place = placeOf(target);
	const [message, hint] = explain(target, place, cause);
	return new CosmosError('connection', message, {hint, cause});
}

/** @param milliseconds how long we waited */
export function timeoutError(target: SshTarget, milliseconds: number): CosmosError {
	return new CosmosError(
		'connection',
		`${placeOf(target)} does not respond (waited ${Math.round(milliseconds / 1000)} s)`,
		{hint: 'Check that the host is up and reachable from here (VPN, firewall, ProxyJump).'},
	);
}

function explain(target: SshTarget, place: string, cause: unknown): [string, string] {
	switch (systemCode(cause)) {
		case 'ENOTFOUND':
			return [
				`there is no host named ${target.hostName}`,
				target.alias === target.hostName
					? 'Check "ssh" of the host, or give the name a HostName in ~/.ssh/config.'
					: `Check HostName of ${target.alias} in ~/.ssh/config.`,
			];
		case 'EAI_AGAIN':
			return [
				`cannot look up the name ${target.hostName}: the name server does not respond`,
				'Check the network connection of this machine.',
			];
		case 'ECONNREFUSED':
			return [
				`${place} refused the connection`,
				'Check that an SSH server is running there on this port.',
			];
		case 'ETIMEDOUT':
			return [
				`${place} does not respond`,
				'Check that the host is up and reachable from here (VPN, firewall, ProxyJump).',
			];
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
			return [`no route to ${place}`, 'Check the network of this machine (VPN).'];
		default:
			return explainMessage(place, cleanText(messageOf(cause)));
	}
}

function explainMessage(place: string, message: string): [string, string] {
	if (/ECONNRESET|before handshake|socket hang up|EPIPE/.test(message)) {
		return [
			`${place} closed the connection immediately`,
			'Check that it is an SSH server. It may be overloaded, or be blocking this address temporarily.',
		];
	}

	if (/no matching/i.test(message)) {
		return [
			`${place} and cosmos have no SSH algorithm in common: ${message}`,
			'Update the SSH server, or let it use the algorithms of today.',
		];
	}

	return [`no connection to ${place}: ${message}`, 'Try `ssh -v` to the same host.'];
}
