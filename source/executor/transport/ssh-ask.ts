import {execFile} from 'node:child_process';
import path from 'node:path';
import {CosmosError, systemCode} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {SshAddress} from './ssh-address.js';
import type {Directives, SshHome} from './ssh-directives.js';

/** Milliseconds for `ssh -G`: a `Match exec` of the user's may take its time. */
const askLimit = 20_000;

/** Keywords whose line holds several values; the value of all others is the rest of the line. */
const several = new Set(['userknownhostsfile', 'globalknownhostsfile']);

/** What `ssh -G` prints for a host without any `IdentityFile`. */
const usualIdentity = /^~\/\.ssh\/id_\w+$/;

/**
 * Asks the OpenSSH client of this machine what its configuration says of a host: it knows every
 * keyword, `Match exec`, `Include` and canonical names. Undefined where there is no such client, or
 * where it looks into another home folder than `HOME` says.
 * @throws CosmosError (configuration) when it refuses its own files
 */
export async function askSsh(
	{ssh, user, port}: SshAddress,
	{home}: SshHome,
	env: NodeJS.ProcessEnv,
): Promise<Directives | undefined> {
	const asked = await Promise.all([
		runSsh(['-G', '-F', process.platform === 'win32' ? 'NUL' : '/dev/null', 'x'], env),
		runSsh(
			[
				'-G',
				...(user === undefined ? [] : ['-l', user]),
				...(port === undefined ? [] : ['-p', String(port)]),
				'--',
				ssh,
			],
			env,
		),
	]);
	const [usual, answer] = asked;
	const known = usual?.code === 0 && parse(usual.stdout).userknownhostsfile?.[0];
	if (!answer || !known || path.dirname(path.dirname(known)) !== path.resolve(home)) {
		return undefined;
	}

	if (answer.code !== 0) {
		const [why = ''] = answer.stderr.trim().split('\n');
		throw new CosmosError('configuration', `ssh -G ${ssh} fails: ${cleanText(why)}`, {
			hint: 'Correct the OpenSSH configuration that it names.',
		});
	}

	const values = parse(answer.stdout);
	const identities = values.identityfile ?? [];
	if (identities.length > 3 && identities.every(file => usualIdentity.test(file))) {
		delete values.identityfile;
	}

	return {values, notObeyed: []};
}

function parse(printed: string): Record<string, string[]> {
	const values: Record<string, string[]> = {};
	for (const line of printed.split(/\r?\n/)) {
		const [, keyword = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
		if (keyword !== '') {
			const words = several.has(keyword) ? value.split(' ') : [value];
			values[keyword] = [...(values[keyword] ?? []), ...words];
		}
	}

	return values;
}

type Answer = {code: number; stdout: string; stderr: string};

/** Undefined where there is no `ssh`. */
function runSsh(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Answer | undefined> {
	return new Promise((resolve, reject) => {
		const child = execFile('ssh', [...words], {env, timeout: askLimit}, (error, stdout, stderr) => {
			if (error?.killed) {
				reject(
					new CosmosError('configuration', `ssh ${words.join(' ')} does not end`, {
						hint: 'Look at the commands of "Match exec" in ~/.ssh/config.',
					}),
				);
			} else if (error && typeof error.code !== 'number') {
				resolve(systemCode(error) === 'ENOENT' ? undefined : {code: 255, stdout, stderr});
			} else {
				resolve({code: Number(error?.code ?? 0), stdout, stderr});
			}
		});
		child.stdin?.end();
	});
}
