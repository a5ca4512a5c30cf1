import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {BeyondSsh2Error} from './ssh-choice.js';
import {placeOf, type SshTarget} from './ssh-target.js';

/** Why no connection came about, for a person. */
export function connectError(target: SshTarget, cause: unknown): CosmosError {
	if (cause instanceof CosmosError) {
		return cause;
	}

	const place = placeOf(target);
	const [message, hint] = explain(target, place, cause);
	// The OpenSSH client knows more algorithms than ssh2.
	const Kind = levelOf(cause) === 'handshake' ? BeyondSsh2Error : CosmosError;
	return new Kind('connection', message, {hint, cause});
}

/** @param milliseconds how long we waited */
export function timeoutError(target: SshTarget, milliseconds: number): CosmosError {
	return new CosmosError(
		'connection-timeout',
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
		case 'ECONNRESET':
		case 'EPIPE':
			return closedAtOnce(place);
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
			return [`no route to ${place}`, 'Check the network of this machine (VPN).'];
		default:
			return explainLevel(place, cause);
	}
}

function levelOf(cause: unknown): unknown {
	return (cause as {level?: unknown} | undefined)?.level;
}

/** ssh2 gives its own errors no code, but the level at which they came about. */
function explainLevel(place: string, cause: unknown): [string, string] {
	const message = cleanText(messageOf(cause));
	switch (levelOf(cause)) {
		case 'protocol':
			return closedAtOnce(place);
		case 'handshake':
			return [
				`${place} and cosmos could not agree on a secure connection: ${message}`,
				'One of the two is the newer one: cosmos needs curve25519-sha256, ecdh-sha2-nistp256 or diffie-hellman-group14-sha256 for the key exchange, and no SHA-1 signatures. With an OpenSSH client on this machine cosmos uses that.',
			];
		default:
			return [`no connection to ${place}: ${message}`, 'Try `ssh -v` to the same host.'];
	}
}

function closedAtOnce(place: string): [string, string] {
	return [
		`${place} closed the connection immediately`,
		'Check that it is an SSH server. It may be overloaded, or be blocking this address temporarily.',
	];
}
