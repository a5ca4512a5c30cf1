import {homedir, hostname, userInfo} from 'node:os';
import path from 'node:path';
import {ConnectionLostError, CosmosError} from '../../domain/errors.js';
import {parseAddress, type SshAddress} from './ssh-address.js';
import {askSsh} from './ssh-ask.js';
import {readDirectives} from './ssh-config-file.js';
import {allOf, type Directives, expandTokens, firstOf, type SshHome} from './ssh-directives.js';
import {
	agentOf,
	beyondSsh2,
	type Keepalive,
	keepaliveOf,
	portOf,
	proxyCommandOf,
	type UnknownKeys,
	unknownKeysOf,
} from './ssh-keywords.js';

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
	knownHostsFiles: readonly string[];
	/** Where a new key is written; undefined where the configuration keeps none. */
	newKeysFile?: string;
	/** Where a key is written that the person accepts by its fingerprint. */
	acceptedKeysFile: string;
	unknownKeys: UnknownKeys;
	/** Prints further known keys; its tokens are not replaced yet. */
	knownHostsCommand?: string;
	/** OpenSSH's `%` tokens. */
	tokens: Readonly<Record<string, string>>;
	/** What our configuration says beside the alias. */
	given: {user?: string; port?: number};
	/** A keyword that only the OpenSSH client supports. */
	beyondSsh2?: string;
	/** Whether it may log in by Kerberos. */
	usesKerberos: boolean;
	/** Stands for name and port in known_hosts. */
	hostKeyAlias?: string;
	keepalive: Keepalive;
	/** What of OpenSSH's configuration could not be obeyed, as `FILE:LINE: what`. */
	notObeyed: readonly string[];
};

/** A known_hosts file that keeps nothing. */
const nullFile = path.resolve('/dev/null');

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
 * @throws CosmosError (configuration) for a jump that leads back, or a setting that cosmos cannot follow
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
	const target = targetOf(address, directives, home, env);
	return {target, jumps: jumpsOf(directives, target)};
}

/** A host that could not be reached, with what of OpenSSH's configuration was left out. */
export function withNotObeyed(error: unknown, targets: readonly SshTarget[]): unknown {
	const lines = [...new Set(targets.flatMap(({notObeyed}) => notObeyed))];
	const isPlain = error instanceof CosmosError && !(error instanceof ConnectionLostError);
	if (!isPlain || error.kind !== 'connection' || lines.length === 0) {
		return error;
	}

	return new CosmosError(error.code, error.message, {
		hint: `${error.hint} Without an OpenSSH client on this machine cosmos cannot follow ${lines.join(', ')}.`,
		cause: error,
	});
}

function jumpsOf(directives: Directives, {alias, tokens}: SshTarget): SshAddress[] {
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
): SshTarget {
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
	const own = path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'cosmos', 'known_hosts');
	const userFiles = files('userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']);
	const newKeysFile = userFiles[0] === nullFile ? undefined : userFiles[0];
	return {
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
			...userFiles.filter(one => one !== nullFile),
			...(newKeysFile === undefined ? [own] : []),
			...files('globalknownhostsfile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
		],
		newKeysFile,
		acceptedKeysFile: newKeysFile ?? own,
		unknownKeys: unknownKeysOf(directives),
		knownHostsCommand: allOf(directives, 'knownhostscommand')[0],
		tokens,
		given: {user: address.user, port: address.port},
		beyondSsh2: beyondSsh2(directives),
		usesKerberos: firstOf(directives, 'gssapiauthentication')?.toLowerCase() === 'yes',
		hostKeyAlias: firstOf(directives, 'hostkeyalias'),
		keepalive: keepaliveOf(directives, address.ssh),
		notObeyed: directives.notObeyed,
	};
}

/** The arguments of `ssh` for the same machine. */
export function sshWords({alias, given: {user, port}}: SshTarget): string[] {
	return [
		...(port === undefined ? [] : ['-p', String(port)]),
		...(user === undefined ? [] : ['-l', user]),
		'--',
		alias,
	];
}

/** How a person calls `ssh` for the same machine. */
export function sshCommand({alias, given: {user, port}}: SshTarget): string {
	const options = port === undefined ? '' : `-p ${port} `;
	return `ssh ${options}${user === undefined ? '' : `${user}@`}${alias}`;
}

function localUserName(env: NodeJS.ProcessEnv): string {
	try {
		return userInfo().username;
	} catch {
		// A user id without an entry, as in some containers.
		return env.USER ?? env.USERNAME ?? '';
	}
}
