import {readFile, stat} from 'node:fs/promises';
import {CosmosError} from '../../domain/errors.js';
import {nameInKnownHosts} from './ssh-host-key.js';
import {namesMatch} from './ssh-known-hosts.js';
import type {SshTarget} from './ssh-target.js';

/** Refused for something that ssh2 cannot do, and the OpenSSH client may. */
export class BeyondSsh2Error extends CosmosError {}

/**
 * Why only the OpenSSH client can do what the configuration asks: the first reason found on the way to a
 * host; undefined where ssh2 does.
 */
export async function reasonForOpenSsh(targets: readonly SshTarget[]): Promise<string | undefined> {
	for (const target of targets) {
		const reason =
			target.beyondSsh2 ?? (await keyBeyondSsh2(target)) ?? (await certifiedHost(target));
		if (reason !== undefined) {
			return reason;
		}
	}

	return undefined;
}

async function keyBeyondSsh2({identityFiles}: SshTarget): Promise<string | undefined> {
	for (const {path} of identityFiles) {
		const certificate = `${path}-cert.pub`;
		if (await isFile(certificate)) {
			return certificate;
		}

		const publicKey = await readFile(`${path}.pub`, 'utf8').catch(() => '');
		if (publicKey.startsWith('sk-') && (await isFile(path))) {
			return `${path} (a security key)`;
		}
	}

	return undefined;
}

/** Whether the host is known by the one that certifies its key. */
async function certifiedHost(target: SshTarget): Promise<string | undefined> {
	const name = nameInKnownHosts(target);
	for (const file of target.knownHostsFiles) {
		const text = await readFile(file, 'utf8').catch(() => '');
		const line = text.split('\n').findIndex(content => {
			const [marker, names = ''] = content.trim().split(/[ \t]+/);
			return marker === '@cert-authority' && namesMatch(names, name);
		});
		if (line !== -1) {
			return `${file}:${line + 1}: @cert-authority`;
		}
	}

	return undefined;
}

async function isFile(file: string): Promise<boolean> {
	return stat(file).then(
		found => found.isFile(),
		() => false,
	);
}
