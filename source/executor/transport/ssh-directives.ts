/** What OpenSSH's configuration says of a host: each keyword in small letters, with its values. */
export type Directives = {
	readonly values: Readonly<Record<string, readonly string[]>>;
	/** What could not be followed, as `FILE:LINE: what`. */
	readonly notObeyed: readonly string[];
};

/** The user's folders, as OpenSSH's files mean them. */
export type SshHome = {
	home: string;
	/** Folder of `config`, `known_hosts` and the keys. */
	sshFolder: string;
};

export function firstOf({values}: Directives, keyword: string): string | undefined {
	return values[keyword]?.[0];
}

/** A keyword's values without `none`. */
export function allOf({values}: Directives, keyword: string): readonly string[] {
	return (values[keyword] ?? []).filter(value => value.toLowerCase() !== 'none');
}

/** OpenSSH's `%` tokens and, unless disabled, `${NAME}`; what it does not know is kept. */
export function expandTokens(
	text: string,
	tokens: Readonly<Record<string, string>>,
	env: NodeJS.ProcessEnv = {},
): string {
	return text.replaceAll(/%(.)|\$\{(\w+)\}/g, (all, token: string | undefined, name: string) => {
		if (token === undefined) {
			return env[name] ?? all;
		}

		return token === '%' ? '%' : (tokens[token] ?? all);
	});
}
