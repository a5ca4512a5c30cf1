import {execFile} from 'node:child_process';
import {CosmosError} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {splitWords} from './ssh-config-lines.js';
import {expandTokens} from './ssh-directives.js';
import {fingerprintOf, type KnownHost, keyType, parseKnownHosts} from './ssh-known-hosts.js';
import type {SshTarget} from './ssh-target.js';

/** Milliseconds that the command may take. */
const limit = 20_000;

/**
 * The keys that the target's `KnownHostsCommand` prints; none without one.
 * @param key the key that the host presents; before it is known, the order of algorithms is asked for
 * @throws CosmosError (known-hosts-unreadable) when the command fails
 */
export async function askKnownHosts(
	{knownHostsCommand, tokens}: SshTarget,
	name: string,
	env: NodeJS.ProcessEnv,
	key?: Buffer,
): Promise<KnownHost[]> {
	if (knownHostsCommand === undefined) {
		return [];
	}

	const all = {
		...tokens,
		H: name,
		I: key ? 'HOSTNAME' : 'ORDER',
		K: key?.toString('base64') ?? 'NONE',
		f: key ? fingerprintOf(key) : 'NONE',
		t: key ? keyType(key) : 'NONE',
	};
	const line = {file: 'KnownHostsCommand', number: 0, keyword: '', rest: knownHostsCommand};
	const [program = '', ...words] = splitWords(line).map(word => expandTokens(word, all, env));
	return new Promise((resolve, reject) => {
		const child = execFile(program, words, {env, timeout: limit}, (error, stdout, stderr) => {
			if (error) {
				const why = cleanText(stderr.trim().split('\n').at(-1) || error.message);
				reject(
					new CosmosError('known-hosts-unreadable', `KnownHostsCommand fails: ${why}`, {
						hint: `Run it in a terminal: ${cleanText(knownHostsCommand)}`,
						cause: error,
					}),
				);
			} else {
				resolve(parseKnownHosts(stdout, `KnownHostsCommand ${program}`));
			}
		});
		child.stdin?.end();
	});
}
