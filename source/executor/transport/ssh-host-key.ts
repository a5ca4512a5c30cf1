import {CosmosError, UnknownHostKeyError} from '../../domain/errors.js';
import {
	addKnownHost,
	fingerprintOf,
	type KnownHost,
	keyType,
	namesMatch,
	readKnownHosts,
} from './ssh-known-hosts.js';
import {askKnownHosts} from './ssh-known-hosts-command.js';
import {placeOf, type SshTarget, sshCommand} from './ssh-target.js';

/** Signature algorithms for host keys, best first. Those with SHA-1 are left out, as in OpenSSH. */
const algorithms = [
	'ssh-ed25519',
	'ecdsa-sha2-nistp256',
	'ecdsa-sha2-nistp384',
	'ecdsa-sha2-nistp521',
	'rsa-sha2-512',
	'rsa-sha2-256',
] as const;

export type HostKeyAlgorithm = (typeof algorithms)[number];

export type HostKeyCheck = {
	/** What to offer the host: first the kinds of key that we know it by. */
	algorithms: HostKeyAlgorithm[];
	/**
	 * Resolves when the key is trusted; one that the user accepts by its fingerprint is written to
	 * known_hosts first.
	 * @throws CosmosError (connection) when it is unknown, changed or revoked
	 */
	verify: (key: Buffer) => Promise<void>;
};

/**
 * @param accepted fingerprint that the user accepts when the host is unknown
 * @param env of a KnownHostsCommand
 */
export async function createHostKeyCheck(
	target: SshTarget,
	accepted: string | undefined,
	env: NodeJS.ProcessEnv,
): Promise<HostKeyCheck> {
	const name = nameInKnownHosts(target);
	const files = await readKnownHosts(target.knownHostsFiles);
	const known = knownFor(target, name, [...files, ...(await askKnownHosts(target, name, env))]);
	const types = new Set(known.all.filter(entry => !entry.revoked).map(({type}) => type));
	return {
		algorithms: [
			...algorithms.filter(algorithm => types.has(typeOf(algorithm))),
			...algorithms.filter(algorithm => !types.has(typeOf(algorithm))),
		],
		async verify(key) {
			const printed = await askKnownHosts(target, name, env, key);
			const {all, named, bare} = knownFor(target, name, [...files, ...printed]);
			const revoked = all.find(entry => entry.revoked && entry.key.equals(key));
			if (revoked) {
				throw revokedError(target, key, revoked);
			}

			const trusted = named.filter(entry => !entry.revoked);
			const candidates = trusted.length > 0 ? trusted : bare.filter(entry => !entry.revoked);
			if (candidates.some(entry => entry.key.equals(key))) {
				return;
			}

			const isAccepted =
				accepted !== undefined &&
				fingerprintPlain(accepted) === fingerprintPlain(fingerprintOf(key));
			const old = trusted.find(entry => entry.type === keyType(key));
			if (old) {
				// As for `ssh`: the connection goes on, and the known key stays.
				if (target.unknownKeys === 'accept, also changed ones') {
					return;
				}

				throw changedError(target, key, old);
			}

			if (!isAccepted && (target.unknownKeys === 'refuse' || accepted !== undefined)) {
				throw unknownError(target, key, trusted, accepted);
			}

			const file = isAccepted ? target.acceptedKeysFile : target.newKeysFile;
			if (file !== undefined) {
				await addKnownHost(file, name, key);
			}
		},
	};
}

/** The entries for a name. OpenSSH also takes a key that it has for the name without the port. */
function knownFor({hostKeyAlias, hostName}: SshTarget, name: string, all: readonly KnownHost[]) {
	const named = all.filter(entry => namesMatch(entry.names, name));
	const bare =
		hostKeyAlias === undefined
			? all.filter(entry => namesMatch(entry.names, hostName.toLowerCase()))
			: [];
	return {named, bare, all: [...named, ...bare]};
}

function typeOf(algorithm: HostKeyAlgorithm): string {
	return algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm;
}

export function nameInKnownHosts({hostKeyAlias, hostName, port}: SshTarget): string {
	const name = (hostKeyAlias ?? hostName).toLowerCase();
	return hostKeyAlias !== undefined || port === 22 ? name : `[${name}]:${port}`;
}

/** A fingerprint as people copy it: with or without its prefix and padding. */
export function fingerprintPlain(fingerprint: string): string {
	return fingerprint
		.trim()
		.replace(/^SHA256:/i, '')
		.replace(/=+$/, '');
}

function unknownError(
	target: SshTarget,
	key: Buffer,
	others: readonly KnownHost[],
	accepted: string | undefined,
): CosmosError {
	const fingerprint = fingerprintOf(key);
	const also = others.length === 0 ? '' : `; only its ${others[0]?.type} key is known`;
	const wrong = accepted === undefined ? '' : `, and not the accepted ${accepted}`;
	return new UnknownHostKeyError(
		`the host key of ${placeOf(target)} is unknown: ${keyType(key)} ${fingerprint}${wrong}${also}`,
		fingerprint,
		`If that fingerprint is right, pass --accept-host-key ${fingerprint} once, or connect once with ${sshCommand(target)}.`,
	);
}

function changedError(target: SshTarget, key: Buffer, old: KnownHost): CosmosError {
	const name = nameInKnownHosts(target);
	return new CosmosError(
		'host-key-changed',
		`the host key of ${placeOf(target)} has changed: it presents ${keyType(key)} ${fingerprintOf(key)}, but ${old.file}:${old.line} has ${fingerprintOf(old.key)}`,
		{
			hint: `This could be an attack (man in the middle). Only if the host was reinstalled, remove the old key: ssh-keygen -f ${old.file} -R '${name}'`,
		},
	);
}

function revokedError(target: SshTarget, key: Buffer, entry: KnownHost): CosmosError {
	return new CosmosError(
		'host-key-revoked',
		`the host key of ${placeOf(target)} is revoked by ${entry.file}:${entry.line}: ${fingerprintOf(key)}`,
		{
			hint: 'Do not connect to this host; ask its administrator for a new host key.',
		},
	);
}
