import {readFile} from 'node:fs/promises';
import ssh2, {type ParsedKey} from 'ssh2';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {readPkcs8} from './ssh-pkcs8.js';
import type {SshTarget} from './ssh-target.js';

/** What an identity file turns out to be. */
export type KeyFile =
	| {state: 'open'; path: string; key: ParsedKey}
	/** Has a passphrase; the public half is known when it lies beside it as `.pub`. */
	| {state: 'locked'; path: string; text: string; publicKey?: Buffer}
	/** Only the public half: the agent has the other one. */
	| {state: 'public'; path: string; publicKey: Buffer}
	| {state: 'unusable'; path: string; why: string};

/** @param isRetry the passphrase before was wrong */
export type AskPassphrase = (keyPath: string, isRetry: boolean) => Promise<string | undefined>;

/** So often a passphrase is asked for, as by OpenSSH. */
const mostTries = 3;

/** Keys from files. Once unlocked they stay so, that a reconnect asks nobody. */
export type Keyring = {
	/** @throws CosmosError (configuration) when the key that our configuration names is unusable */
	load: (target: SshTarget) => Promise<KeyFile[]>;
	/**
	 * Asks for the passphrase, again when it is wrong. Undefined when the person would rather not say.
	 * @throws CosmosError (connection) when it is wrong or nobody can be asked
	 */
	unlock: (file: Extract<KeyFile, {state: 'locked'}>) => Promise<ParsedKey | undefined>;
};

export function createKeyring(askPassphrase: AskPassphrase | undefined): Keyring {
	const unlocked = new Map<string, ParsedKey>();
	return {
		async load(target) {
			const files: KeyFile[] = [];
			for (const identity of target.identityFiles) {
				const key = unlocked.get(identity.path);
				const file: KeyFile | undefined = key
					? {state: 'open', path: identity.path, key}
					: await readKeyFile(identity.path, identity.from === 'default');
				if (file?.state === 'unusable' && identity.from === 'cosmos') {
					throw new CosmosError('key-unusable', `cannot use the key ${file.path}: ${file.why}`, {
						hint: 'Set "key" of the host to a private key file.',
					});
				}

				files.push(...(file ? [file] : []));
			}

			return files;
		},
		async unlock(file) {
			const known = unlocked.get(file.path);
			if (known) {
				return known;
			}

			if (!askPassphrase) {
				throw new CosmosError('key-locked', `the key ${file.path} has a passphrase`, {
					hint: `Add it to the agent (ssh-add ${file.path}), or run this in a terminal to be asked for it.`,
				});
			}

			let problem: Error | undefined;
			for (let tries = 0; tries < mostTries; tries++) {
				const passphrase = await askPassphrase(file.path, tries > 0);
				if (passphrase === undefined) {
					return undefined;
				}

				const key = parseKey(file.text, passphrase);
				if (!(key instanceof Error)) {
					unlocked.set(file.path, key);
					return key;
				}

				problem = key;
			}

			throw new CosmosError('key-locked', `wrong passphrase for ${file.path}`, {
				hint: `It was wrong ${mostTries} times; ssh-keygen -y -f ${file.path} tries it too.`,
				cause: problem,
			});
		},
	};
}

async function readKeyFile(path: string, mayLack: boolean): Promise<KeyFile | undefined> {
	let text: string;
	try {
		text = await readFile(path, 'utf8');
	} catch (error) {
		const missing = systemCode(error) === 'ENOENT';
		const publicKey = missing ? await readPublicKey(path) : undefined;
		if (publicKey) {
			return {state: 'public', path, publicKey};
		}

		return missing && mayLack
			? undefined
			: {state: 'unusable', path, why: missing ? 'no such file' : messageOf(error)};
	}

	const key = parseKey(text);
	if (!(key instanceof Error)) {
		return key.isPrivateKey()
			? {state: 'open', path, key}
			: {state: 'public', path, publicKey: key.getPublicSSH()};
	}

	return isEncrypted(text)
		? {state: 'locked', path, text, publicKey: await readPublicKey(path)}
		: {state: 'unusable', path, why: key.message};
}

async function readPublicKey(path: string): Promise<Buffer | undefined> {
	const text = await readFile(`${path}.pub`, 'utf8').catch(() => '');
	const key = parseKey(text);
	return key instanceof Error ? undefined : key.getPublicSSH();
}

/** ssh2 gives a list for the format that may hold several keys; the first one counts. */
function parseKey(text: string, passphrase?: string): ParsedKey | Error {
	const readable = readPkcs8(text, passphrase) ?? text;
	const parsed: ParsedKey | ParsedKey[] | Error =
		readable instanceof Error ? readable : ssh2.utils.parseKey(readable, passphrase);
	return Array.isArray(parsed) ? (parsed[0] ?? new Error('no key in it')) : parsed;
}

/** Whether a private key has a passphrase, as its file says: PEM, PuTTY's, or OpenSSH's own format. */
export function isEncrypted(text: string): boolean {
	if (/^(Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED PRIVATE KEY-----)\s*$/m.test(text)) {
		return true;
	}

	const putty = text.startsWith('PuTTY-User-Key-File-')
		? /^Encryption: (\S+)/m.exec(text)?.[1]
		: undefined;
	const [, base64 = ''] = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(text) ?? [];
	const data = Buffer.from(base64, 'base64');
	const magic = 'openssh-key-v1\0';
	// The cipher's name follows, with its length before it.
	const start = magic.length + 4;
	if (putty !== undefined || data.length < start || !data.toString('latin1').startsWith(magic)) {
		return putty !== undefined && putty !== 'none';
	}

	return data.toString('latin1', start, start + data.readUInt32BE(magic.length)) !== 'none';
}
