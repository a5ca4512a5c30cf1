import {ConnectionLostError, CosmosError, messageOf} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';

/** The server opens no further channel over this connection; nothing was started. */
export class NoRoomError extends CosmosError {}

/** What ssh2, which has no codes for it, says when the connection or the channel has ended in between. */
export function saysGone(reason: string): boolean {
	return /Not connected|No response from server/.test(reason);
}

/** Why a host that is connected opens no channel for us. */
export function channelError(host: string, what: string, cause: unknown): CosmosError {
	const reason = cleanText(messageOf(cause));
	if (saysGone(reason)) {
		return new ConnectionLostError(host, cause);
	}

	// OpenSSH says "connect failed" (RFC 4254, 5.1) when it has as many sessions as it allows.
	const isNoRoom = cause instanceof Error && 'reason' in cause && cause.reason === 2;
	const Kind = isNoRoom ? NoRoomError : CosmosError;
	return new Kind('host', `${host} ${what}: ${reason}`, {
		hint: 'Its SSH server may allow too few sessions (MaxSessions), or may lack "Subsystem sftp internal-sftp".',
		cause,
	});
}

/** The host answers in a way that no SSH or SFTP server does; asking again would not help. */
export function brokenProtocol(host: string, what: string): CosmosError {
	return new CosmosError('host', `${host} broke the SSH protocol: ${cleanText(what)}`, {
		hint: 'A start file there (~/.bashrc) may print into the connection, or the server is not to be trusted.',
	});
}
