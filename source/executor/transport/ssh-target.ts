import {homedir, hostname, userInfo} from 'node:os';
import path from 'node:path';
import {ConnectionLostError, CosmosError} from '../../domain/errors.js';
import {parseAddress, type SshAddress} from './ssh-address.js';
import {askSsh} from './ssh-ask.js';
import {readDirectives} from './ssh-config-file.js';
import {allOf, type Directives, expandTokens, firstOf, type SshHome} from './ssh-directives.js';

/** One machine to log in to: what OpenSSH's configuration and ours say together. */
export type SshTarget = {
	/** As the person wrote it. */
	alias: string;
	hostName: string;
	port: number;
	user: string;
	/** Identity files in the order to try; `named` ones must be there. */
	identityFiles: ReadonlyArray<{path: string; from: 'cosmos' | 'ssh_config' | 'default'}>;
	/** Only keys of `identityFiles`, also of those that the agent has. */
	identitiesOnly: boolean;
	/** The command that carries the connection, its tokens replaced. */
	proxyCommand?: string;
	/** Socket or pipe of the agent. */
	agent?: string;
	/** The first one is where an accepted key is written. */
	knownHostsFiles: readonly string[];
	/** Stands for name and port in known_hosts. */
	hostKeyAlias?: string;
	/** How a silent network is noticed, where the configuration says so. */
	keepalive: {
		/** Milliseconds; `ServerAliveInterval`. */
		keepaliveInterval?: number;
		/** `ServerAliveCountMax`. */
		keepaliveCount?: number;
	};
	/** What of OpenSSH's configuration could not be obeyed, as `FILE:LINE: what`. */
	notObeyed: readonly string[];
};

const defaultIdentities = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** `host:port` for messages. */
export function placeOf({hostName, port}: SshTarget): string {
	return hostName.includes(':') ? `[${hostName}]:${port}` : `${hostName}:${port}`;
}

/** OpenSSH's files belong to `HOME` where it is set. */
function sshHome(env: NodeJS.ProcessEnv): SshHome {
	const home = env.HOME || env.USERPROFILE || homedir();
	return {home, sshFolder: path.join(home, '.ssh')};
}

/**
 * The machines to pass on the way to a host, itself last: its `ProxyJump` hops, each with its own
 * configuration.
 * @throws CosmosError (configuration) for a jump that leads back, or a setting we cannot obey
 */
export async function resolveTargets(
	address: SshAddress,
	env: NodeJS.ProcessEnv,
	visited: readonly string[] = [],
): Promise<SshTarget[]> {
	const {target, jumps} = await resolveOne(splitAddress(address), env);
	const {alias} = target;
	if (visited.includes(alias)) {
		throw new CosmosError(
			'configuration',
			`ProxyJump refers back to itself: ${[...visited, alias].join(' -> ')}`,
			{hint: `Add "ProxyJump none" for ${alias} in ~/.ssh/config.`},
		);
	}

	const way: SshTarget[] = [];
	for (const [index, jump] of jumps.entries()) {
		// Only the first hop is reached by a jump of its own, for the others come after it.
		way.push(
			...(index === 0
				? await resolveTargets(jump, env, [...visited, alias])
				: [(await resolveOne(jump, env)).target]),
		);
	}

	return [...way, target];
}

/** `ssh = "user@host:port"` says what `user` and `port` could say; these win. */
function splitAddress(address: SshAddress): SshAddress {
	const {ssh, user, port, key} = address;
	const parts = parseAddress(ssh);
	if (!parts) {
		throw new CosmosError('configuration', `"${ssh}" is not a host`, {
			hint: 'Give an alias of ~/.ssh/config, a host name, or user@host:port.',
		});
	}

	return {ssh: parts.ssh, user: user ?? parts.user, port: port ?? parts.port, key};
}

async function resolveOne(
	address: SshAddress,
	env: NodeJS.ProcessEnv,
): Promise<{target: SshTarget; jumps: SshAddress[]}> {
	const home = sshHome(env);
	const directives =
		(await askSsh(address, home, env)) ??
		(await readDirectives(home, address.ssh, env, address.user));
	const {target, tokens} = targetOf(address, directives, home, env);
	return {target, jumps: jumpsOf(directives, address.ssh, tokens)};
}

/** A host that could not be reached, with what of OpenSSH's configuration was left out. */
export function withNotObeyed(error: unknown, targets: readonly SshTarget[]): unknown {
	const lines = [...new Set(targets.flatMap(({notObeyed}) => notObeyed))];
	const isPlain = error instanceof CosmosError && !(error instanceof ConnectionLostError);
	if (!isPlain || error.kind !== 'connection' || lines.length === 0) {
		return error;
	}

	return new CosmosError(error.code, error.message, {
		hint: `${error.hint} Without an OpenSSH client on this machine cosmos cannot obey ${lines.join(', ')}.`,
		cause: error,
	});
}

function jumpsOf(
	directives: Directives,
	alias: string,
	tokens: Readonly<Record<string, string>>,
): SshAddress[] {
	return allOf(directives, 'proxyjump')
		.flatMap(words => words.split(','))
		.map(word => parseJump(expandTokens(word.trim(), tokens), alias));
}

function parseJump(word: string, alias: string): SshAddress {
	const jump = parseAddress(word);
	if (!jump) {
		throw new CosmosError('configuration', `ProxyJump of ${alias} is not a host: "${word}"`, {
			hint: 'Write it as user@host:port.',
		});
	}

	return jump;
}

function targetOf(
	address: SshAddress,
	directives: Directives,
	{home, sshFolder}: SshHome,
	env: NodeJS.ProcessEnv,
): {target: SshTarget; tokens: Readonly<Record<string, string>>} {
	const localUser = localUserName(env);
	const user = address.user ?? firstOf(directives, 'user') ?? localUser;
	const port = address.port ?? portOf(firstOf(directives, 'port'), address.ssh);
	const hostName = expandTokens(firstOf(directives, 'hostname') ?? address.ssh, {h: address.ssh});
	const tokens = {
		d: home,
		h: hostName,
		i: String(process.getuid?.() ?? ''),
		L: hostname().split('.')[0] ?? '',
		l: hostname(),
		n: address.ssh,
		p: String(port),
		r: user,
		u: localUser,
	};
	const file = (value: string) =>
		path.resolve(home, expandTokens(value, tokens, env).replace(/^~(?=$|[/\\])/, home));
	const files = (keyword: string, usual: readonly string[]) =>
		(directives.values[keyword] ? allOf(directives, keyword) : usual).map(file);
	const usualKeys = directives.values.identityfile ? [] : defaultIdentities;
	const target: SshTarget = {
		alias: address.ssh,
		hostName,
		port,
		user,
		identityFiles: [
			...(address.key === undefined ? [] : [{path: file(address.key), from: 'cosmos' as const}]),
			...files('identityfile', []).map(path => ({path, from: 'ssh_config' as const})),
			...usualKeys.map(name => ({path: path.join(sshFolder, name), from: 'default' as const})),
		].filter((one, index, list) => list.findIndex(({path}) => path === one.path) === index),
		identitiesOnly: firstOf(directives, 'identitiesonly')?.toLowerCase() === 'yes',
		proxyCommand: proxyCommandOf(directives, tokens),
		agent: agentOf(firstOf(directives, 'identityagent'), env, file),
		knownHostsFiles: [
			...files('userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
			...files('globalknownhostsfile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
		],
		hostKeyAlias: firstOf(directives, 'hostkeyalias'),
		keepalive: keepaliveOf(directives, address.ssh),
		notObeyed: directives.notObeyed,
	};
	return {target, tokens};
}

/**
 * As in OpenSSH, what a shell would take apart is refused in the names that the tokens stand for.
 * @throws CosmosError (configuration)
 */
function proxyCommandOf(
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
function keepaliveOf(directives: Directives, alias: string): SshTarget['keepalive'] {
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

function localUserName(env: NodeJS.ProcessEnv): string {
	try {
		return userInfo().username;
	} catch {
		// A user id without an entry, as in some containers.
		return env.USER ?? env.USERNAME ?? '';
	}
}

function agentOf(
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

function portOf(value: string | undefined, alias: string): number {
	const port = value === undefined ? 22 : Number(value);
	if (!Number.isInteger(port) || port < 1 || port > 65_535) {
		throw new CosmosError('configuration', `Port of ${alias} in ~/.ssh/config is "${value}"`, {
			hint: 'Give a number from 1 to 65535.',
		});
	}

	return port;
}
