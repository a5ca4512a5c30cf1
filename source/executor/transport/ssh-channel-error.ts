import {ConnectionLostError, CosmosError, messageOf} from '../../domain/errors.js';
import {cleanText} from '../../domain/log-lines.js';

/** The server opens no further channel over this connection; nothing was started. */
export class NoRoomError extends CosmosError {}

/** Why a host that is connected opens no channel for us. */
export function channelError(host: string, what: string, cause: unknown): CosmosError {
	const reason = cleanText(messageOf(cause));
	// What ssh2 says when the connection has ended in between.
	if (/Not connected|No response from server/.test(reason)) {
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
