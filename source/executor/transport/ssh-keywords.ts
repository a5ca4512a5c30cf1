import {CosmosError} from '../../domain/errors.js';
import {parseWhole} from '../../domain/reported-number.js';
import {allOf, type Directives, expandTokens, firstOf} from './ssh-directives.js';

/** What becomes of a host key that is not known: `StrictHostKeyChecking`. */
export type UnknownKeys = 'refuse' | 'accept' | 'accept, also changed ones';

/** How a silent network is noticed, where the configuration says so. */
export type Keepalive = {
	/** Milliseconds; `ServerAliveInterval`. */
	keepaliveInterval?: number;
	/** `ServerAliveCountMax`. */
	keepaliveCount?: number;
};

/** What the keywords of OpenSSH's configuration mean, one function for each. */

/** The first keyword that ssh2 does not support, with its value. */
export function beyondSsh2(directives: Directives): string | undefined {
	const keywords = ['CertificateFile', 'PKCS11Provider'].flatMap(keyword =>
		allOf(directives, keyword.toLowerCase()).map(value => `${keyword} ${value}`),
	);
	const isPassed = firstOf(directives, 'proxyusefdpass')?.toLowerCase() === 'yes';
	return keywords[0] ?? (isPassed ? 'ProxyUseFdpass yes' : undefined);
}

export function unknownKeysOf(directives: Directives): UnknownKeys {
	switch (firstOf(directives, 'stricthostkeychecking')?.toLowerCase()) {
		case 'accept-new':
			return 'accept';
		case 'no':
		case 'off':
		case 'false':
			return 'accept, also changed ones';
		default:
			return 'refuse';
	}
}

/**
 * As in OpenSSH, what a shell would take apart is refused in the names that the tokens stand for.
 * @throws CosmosError (configuration)
 */
export function proxyCommandOf(
	directives: Directives,
	tokens: Readonly<Record<'h' | 'n' | 'r', string>>,
): string | undefined {
	const [command] = allOf(directives, 'proxycommand');
	if (command === undefined) {
		return undefined;
	}

	const names = [tokens.h, tokens.n, tokens.r];
	const unsafe = names.find(name => /^-|['`"$\\;&<>|(){}\s\p{Cc}]/u.test(name));
	if (unsafe !== undefined) {
		throw new CosmosError(
			'configuration',
			`${JSON.stringify(unsafe)} cannot be given to a ProxyCommand`,
			{hint: 'Host and user names may hold nothing that a shell takes apart.'},
		);
	}

	return expandTokens(command, tokens);
}

/** An interval of 0 is OpenSSH's "never", but a silent line that nobody notices would hang a run. */
export function keepaliveOf(directives: Directives, alias: string): Keepalive {
	const interval = wholeNumber(directives, 'ServerAliveInterval', alias);
	const count = wholeNumber(directives, 'ServerAliveCountMax', alias);
	return {
		...(interval && {keepaliveInterval: interval * 1000}),
		...(count && {keepaliveCount: count}),
	};
}

function wholeNumber(directives: Directives, name: string, alias: string): number | undefined {
	const value = firstOf(directives, name.toLowerCase());
	if (value !== undefined && !/^\d{1,6}$/.test(value)) {
		throw new CosmosError('configuration', `${name} of ${alias} in ~/.ssh/config is "${value}"`, {
			hint: 'Give a whole number.',
		});
	}

	return value === undefined ? undefined : Number(value);
}

export function agentOf(
	value: string | undefined,
	env: NodeJS.ProcessEnv,
	file: (value: string) => string,
): string | undefined {
	if (value === undefined || value === 'SSH_AUTH_SOCK') {
		// The agent of OpenSSH for Windows listens there without saying so.
		const usual = process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
		return env.SSH_AUTH_SOCK || usual;
	}

	if (value.toLowerCase() === 'none') {
		return undefined;
	}

	if (/^\$\w+$/.test(value)) {
		return env[value.slice(1)];
	}

	return value === 'pageant' || /^[/\\]{2}\.[/\\]pipe/.test(value) ? value : file(value);
}

export function portOf(value: string | undefined, alias: string): number {
	const port = value === undefined ? 22 : parseWhole(value);
	if (port === undefined || port < 1 || port > 65_535) {
		throw new CosmosError('configuration', `Port of ${alias} in ~/.ssh/config is "${value}"`, {
			hint: 'Give a number from 1 to 65535.',
		});
	}

	return port;
}
