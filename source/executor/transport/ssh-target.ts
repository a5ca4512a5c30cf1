import {homedir, hostname, userInfo} from 'node:os';
import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import {type Directives, readDirectives, type SshHome} from './ssh-config-file.js';

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
};

/** What our configuration says of a host; it wins over OpenSSH's. */
export type SshAddress = {ssh: string; user?: string; port?: number; key?: string};

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
	if (visited.includes(address.ssh)) {
		throw new CosmosError(
			'configuration',
			`ProxyJump refers back to itself: ${[...visited, address.ssh].join(' -> ')}`,
			{hint: `Add "ProxyJump none" for ${address.ssh} in ~/.ssh/config.`},
		);
	}

	const {target, jumps} = await resolveOne(address, env);
	const way: SshTarget[] = [];
	for (const [index, jump] of jumps.entries()) {
		// Only the first hop is reached by a jump of its own, for the others come after it.
		way.push(
			...(index === 0
				? await resolveTargets(jump, env, [...visited, address.ssh])
				: [(await resolveOne(jump, env)).target]),
		);
	}

	return [...way, target];
}

async function resolveOne(
	address: SshAddress,
	env: NodeJS.ProcessEnv,
): Promise<{target: SshTarget; jumps: SshAddress[]}> {
	const home = sshHome(env);
	const directives = await readDirectives(home, address.ssh, address.user);
	return {
		target: targetOf(address, directives, home, env),
		jumps: jumpsOf(directives, address.ssh),
	};
}

function jumpsOf(directives: Directives, alias: string): SshAddress[] {
	const jump = first(directives.proxyjump);
	if (jump === undefined && first(directives.proxycommand) !== undefined) {
		if (first(directives.proxycommand)?.toLowerCase() !== 'none') {
			throw new CosmosError('configuration', `${alias} has a ProxyCommand in ~/.ssh/config`, {
				hint: 'Cosmos does not run it; use ProxyJump.',
			});
		}
	}

	return jump === undefined || jump.toLowerCase() === 'none'
		? []
		: jump.split(',').map(word => parseJump(word.trim(), alias));
}

/** `[user@]host[:port]`, also as `ssh://…` and with an IPv6 address in brackets. */
function parseJump(word: string, alias: string): SshAddress {
	const parts = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:@/]+))(?::(\d+))?\/?$/.exec(word);
	const host = parts?.[2] ?? parts?.[3];
	if (!parts || host === undefined) {
		throw new CosmosError('configuration', `ProxyJump of ${alias} is not a host: "${word}"`, {
			hint: 'Write it as user@host:port.',
		});
	}

	return {ssh: host, user: parts[1], port: parts[4] === undefined ? undefined : Number(parts[4])};
}

function targetOf(
	address: SshAddress,
	directives: Directives,
	{home, sshFolder}: SshHome,
	env: NodeJS.ProcessEnv,
): SshTarget {
	const localUser = localUserName(env);
	const user = address.user ?? first(directives.user) ?? localUser;
	const port = address.port ?? portOf(first(directives.port), address.ssh);
	const hostName = expand(first(directives.hostname) ?? address.ssh, {h: address.ssh}, env);
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
		path.resolve(home, expand(value, tokens, env).replace(/^~(?=$|[/\\])/, home));
	const configured = all(directives.identityfile).filter(value => value.toLowerCase() !== 'none');
	const defaults = directives.identityfile ? [] : defaultIdentities;
	return {
		alias: address.ssh,
		hostName,
		port,
		user,
		identityFiles: [
			...(address.key === undefined ? [] : [{path: file(address.key), from: 'cosmos' as const}]),
			...configured.map(value => ({path: file(value), from: 'ssh_config' as const})),
			...defaults.map(name => ({path: path.join(sshFolder, name), from: 'default' as const})),
		].filter((one, index, list) => list.findIndex(({path}) => path === one.path) === index),
		identitiesOnly: first(directives.identitiesonly)?.toLowerCase() === 'yes',
		agent: agentOf(first(directives.identityagent), env, file),
		knownHostsFiles: [
			...(directives.userknownhostsfile
				? all(directives.userknownhostsfile)
				: ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
			...(directives.globalknownhostsfile
				? all(directives.globalknownhostsfile)
				: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
		]
			.filter(value => value.toLowerCase() !== 'none')
			.map(file),
		hostKeyAlias: first(directives.hostkeyalias),
		keepalive: keepaliveOf(directives, address.ssh),
	};
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
	const value = first(directives[name.toLowerCase()]);
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

/** OpenSSH's `%` tokens and `${NAME}`; what it does not know stays. */
function expand(text: string, tokens: Record<string, string>, env: NodeJS.ProcessEnv): string {
	return text.replaceAll(/%(.)|\$\{(\w+)\}/g, (all, token: string | undefined, name: string) => {
		if (token === undefined) {
			return env[name] ?? all;
		}

		return token === '%' ? '%' : (tokens[token] ?? all);
	});
}

function first(value: string | string[] | undefined): string | undefined {
	return typeof value === 'string' ? value : value?.[0];
}

function all(value: string | string[] | undefined): string[] {
	return typeof value === 'string' ? [value] : (value ?? []);
}
