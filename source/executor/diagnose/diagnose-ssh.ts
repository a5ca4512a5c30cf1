import {type Check, okCheck, problemCheck, runCheck, skippedCheck} from '../../domain/check.js';
import {CosmosError, reportOf} from '../../domain/errors.js';
import type {Host} from '../../domain/hosts/host.js';
import type {HostSession, HostSessionOptions} from '../host-session.js';
import {planLogin} from '../transport/ssh-auth.js';
import {createKeyring} from '../transport/ssh-key-files.js';
import {placeOf, resolveTargets, type SshTarget} from '../transport/ssh-target.js';

export type Reached = {checks: Check[]; session?: HostSession};

/**
 * Looks for a key, then connects; reports whether key, known_hosts or SSH is the problem.
 * @param open the session that everything else will use
 */
export async function reachBySsh(
	host: Host,
	options: HostSessionOptions,
	open: () => Promise<HostSession>,
): Promise<Reached> {
	let target: SshTarget;
	try {
		target = (await resolveTargets(host, options.env)).at(-1) as SshTarget;
	} catch (error) {
		// OpenSSH's configuration defines the host's address.
		return {
			checks: [
				skippedCheck('key', 'ssh'),
				skippedCheck('known_hosts', 'ssh'),
				problemCheck('ssh', error),
			],
		};
	}

	const key = await runCheck('key', () => keyFor(target));
	if (key.state === 'problem') {
		return {checks: [key, skippedCheck('known_hosts', 'key'), skippedCheck('ssh', 'key')]};
	}

	try {
		const session = await open();
		const known = okCheck('known_hosts', `${placeOf(target)} presents the known key`);
		return {checks: [key, known, okCheck('ssh', `${target.user}@${placeOf(target)}`)], session};
	} catch (error) {
		return {checks: attributeFailure(error, key, target)};
	}
}

/** The host key is checked before the login: a host that asked for a key is known. */
function attributeFailure(error: unknown, key: Check, target: SshTarget): Check[] {
	const known = okCheck('known_hosts', `${placeOf(target)} presents the known key`);
	switch (reportOf(error).code) {
		case 'key-locked':
		case 'key-unusable':
		case 'login-refused':
			return [problemCheck('key', error), known, skippedCheck('ssh', 'key')];
		case 'host-key-changed':
		case 'host-key-revoked':
		case 'host-key-unknown':
		case 'known-hosts-unreadable':
			return [key, problemCheck('known_hosts', error), skippedCheck('ssh', 'known_hosts')];
		default:
			return [key, skippedCheck('known_hosts', 'ssh'), problemCheck('ssh', error)];
	}
}

async function keyFor(target: SshTarget): Promise<string> {
	// Nobody is asked for a passphrase here; the connection asks once.
	const {attempts, unusable} = await planLogin(target, createKeyring(undefined));
	const [first] = attempts;
	if (!first) {
		const why = unusable.length === 0 ? '' : `: ${unusable.join(', ')}`;
		throw new CosmosError('no-key', `there is no SSH key to log in with${why}`, {
			hint: 'Create one with ssh-keygen and install it with ssh-copy-id, or name one with key = "…" for the host.',
		});
	}

	const count = attempts.reduce((sum, {labels}) => sum + labels.length, 0);
	return count === 1 ? String(first.labels[0]) : `${first.labels[0]} and ${count - 1} more`;
}
