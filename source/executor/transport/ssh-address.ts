/** What our configuration says of a host; it wins over OpenSSH's. */
export type SshAddress = {ssh: string; user?: string; port?: number; key?: string};

/**
 * Takes `user@host`, `host:port`, `[IPv6]:port` and `ssh://user@host:port` apart. A name without any of
 * these stays whole, as does a bare IPv6 address. Undefined for what can be no host at all.
 */
export function parseAddress(text: string): SshAddress | undefined {
	const isUrl = /^ssh:\/\//i.test(text);
	const rest = isUrl ? text.slice('ssh://'.length).replace(/\/$/, '') : text;
	const at = rest.lastIndexOf('@');
	const place = rest.slice(at + 1);
	const parts =
		/^\[([^\]]+)\](?::(\d+))?$/.exec(place) ??
		/^([^:/[\]]+)(?::(\d+))?$/.exec(place) ??
		/^([0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%\w+)?)$/i.exec(place);
	const [, host, port] = parts ?? [];
	if (host === undefined || /\s/.test(rest) || host.startsWith('-') || at === 0) {
		return undefined;
	}

	return {
		ssh: host,
		...(at > 0 && {user: rest.slice(0, at)}),
		...(port !== undefined && {port: Number(port)}),
	};
}
