import {createHash, createHmac} from 'node:crypto';
import {appendFile, mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';

/** One line of a known_hosts file. `@cert-authority` lines are left out: we check no certificates. */
export type KnownHost = {
	file: string;
	/** Counted from 1. */
	line: number;
	revoked: boolean;
	/** The names field as it stands there: a list of patterns, or one hashed name. */
	names: string;
	/** E.g. `ssh-ed25519`. */
	type: string;
	key: Buffer;
};

/** @throws CosmosError (configuration) for a file that is there and cannot be read */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
	const known: KnownHost[] = [];
	for (const file of files) {
		try {
			known.push(...parseKnownHosts(await readFile(file, 'utf8'), file));
		} catch (error) {
			if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') {
				throw new CosmosError(
					'known-hosts-unreadable',
					`cannot read ${file}: ${messageOf(error)}`,
					{
						hint: 'It holds the host keys you trust; make it readable.',
						cause: error,
					},
				);
			}
		}
	}

	return known;
}

/** Lines that are no entry are left out, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
	return text.split(/\r?\n/).flatMap((content, index) => {
		const words = content.trim().split(/[ \t]+/);
		const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
		const [names = '', type = '', blob = ''] = words;
		const key = Buffer.from(blob, 'base64');
		if (type === '' || keyType(key) !== type || marker === '@cert-authority') {
			return [];
		}

		return [{file, line: index + 1, revoked: marker === '@revoked', names, type, key}];
	});
}

/** The type that a public key in SSH's own form names itself, empty when it is none. */
export function keyType(key: Buffer): string {
	const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
	return length > 0 && length <= key.length - 4 ? key.toString('latin1', 4, 4 + length) : '';
}

/** As OpenSSH prints it: `SHA256:` and base64 without padding. */
export function fingerprintOf(key: Buffer): string {
	return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Whether a names field means a host: `name`, or `[name]:port` for another port than 22. */
export function namesMatch(names: string, host: string): boolean {
	if (names.startsWith('|1|')) {
		const [, , salt = '', hash = ''] = names.split('|');
		return createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64') === hash;
	}

	let matched = false;
	for (const pattern of names.split(',')) {
		if (pattern.startsWith('!') && wildcard(pattern.slice(1), host)) {
			return false;
		}

		matched ||= wildcard(pattern, host);
	}

	return matched;
}

function wildcard(pattern: string, text: string): boolean {
	const source = pattern
		.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${source}$`, 'i').test(text);
}

/**
 * Adds a key to a known_hosts file; folder and file are made private when they are new.
 * @throws CosmosError (home) when it cannot be written
 */
export async function addKnownHost(file: string, host: string, key: Buffer): Promise<void> {
	try {
		await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
		const before = await readFile(file, 'utf8').catch(() => '');
		const start = before === '' || before.endsWith('\n') ? '' : '\n';
		await appendFile(file, `${start}${host} ${keyType(key)} ${key.toString('base64')}\n`, {
			mode: 0o600,
		});
	} catch (error) {
		throw new CosmosError('home', `cannot write ${file}: ${messageOf(error)}`, {
			hint: 'The accepted host key is saved there; make it writable.',
			cause: error,
		});
	}
}
