import {ConnectionLostError, CosmosError, messageOf} from '../../domain/errors.js';
import {cleanText} from '../../domain/log-lines.js';

/** Why a host that is connected opens no channel for us. */
export function channelError(host: string, what: string, cause: unknown): CosmosError {
	const reason = cleanText(messageOf(cause));
	// What ssh2 says when the connection has ended in between.
	if (/Not connected|No response from server/.test(reason)) {
		return new ConnectionLostError(host, cause);
	}

	return new CosmosError('host', `${host} ${what}: ${reason}`, {
		hint: 'Its SSH server may allow too few sessions (MaxSessions), or lack "Subsystem sftp internal-sftp".',
		cause,
	});
}
