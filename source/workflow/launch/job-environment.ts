import {readFile} from 'node:fs/promises';
import {CosmosError, readProblem} from '../../domain/errors.js';
import type {Endpoint} from '../../domain/hosts/endpoint.js';
import type {Host} from '../../domain/hosts/host.js';
import {tokenName} from '../../domain/models/container.js';

/** Characters of a token, at most: what is longer is another file. */
const longestToken = 1000;

/**
 * The environment that the jobs of a host get: the variables that its configuration names, and the token
 * for downloads from its file where this process has none. Secrets: they are stored nowhere here.
 * @throws CosmosError (configuration) for a file that cannot be read, or is no token
 */
export async function jobEnvironment(
	host: Host,
	env: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
	const given = passedOn(host, env);
	if (host.endpoint) {
		checkKey(host.endpoint, env);
		return {...given, ...proxyWords};
	}

	return host.tokenFile === undefined || given[tokenName]
		? given
		: {...given, [tokenName]: await readToken(host, host.tokenFile)};
}

/** With it Node's own client uses the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name. */
const proxyWords = {NODE_USE_ENV_PROXY: '1'};

/** @throws CosmosError (configuration) for a key that is not there, or cannot be sent */
export function checkKey({keyEnv}: Endpoint, env: NodeJS.ProcessEnv): void {
	const key = keyEnv === undefined ? undefined : env[keyEnv]?.trim();
	if (keyEnv !== undefined && !key) {
		throw new CosmosError('key-missing', `the endpoint's key is not here: ${keyEnv} is not set`, {
			hint: `Set ${keyEnv}, which key_env under [enhancer] names.`,
		});
	}

	if (key && /[^\x21-\x7e]/.test(key)) {
		throw new CosmosError('key-missing', `the value of ${keyEnv} is not a key`, {
			hint: 'Give it the key and nothing else, on one line.',
		});
	}
}

/** The variables of this process that a host's jobs get. */
export function passedOn({env: names}: Host, env: NodeJS.ProcessEnv): Record<string, string> {
	return Object.fromEntries(
		names.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])),
	);
}

/** The token of a host's jobs, and where it comes from in words; undefined where there is none. */
export async function findToken(
	host: Host,
	env: NodeJS.ProcessEnv,
): Promise<{from: string; token: string} | undefined> {
	const given = passedOn(host, env)[tokenName];
	if (given) {
		return {from: `${tokenName} is set here`, token: given};
	}

	if (host.tokenFile === undefined) {
		return undefined;
	}

	return {from: `from ${host.tokenFile}`, token: await readToken(host, host.tokenFile)};
}

async function readToken({name}: Host, file: string): Promise<string> {
	const fail = (problem: string, cause?: unknown) =>
		new CosmosError('token-unreadable', `hf_token_file of ${name}: ${problem}`, {
			hint: 'Name a file that holds the Hugging Face token and nothing else.',
			cause,
		});
	let text: string;
	try {
		text = (await readFile(file, 'utf8')).trim();
	} catch (error) {
		throw fail(readProblem(error, file), error);
	}

	if (text === '' || text.length > longestToken || /[^\x21-\x7e]/.test(text)) {
		throw fail(`${file} is not a token`);
	}

	return text;
}
