/** Whether a list of patterns means a text, as in ssh_config: `!` before one excludes. */
export function matchesList(patterns: readonly string[], text: string): boolean {
	const isExcluded = patterns.some(
		pattern => pattern.startsWith('!') && matchesPattern(pattern.slice(1), text),
	);
	return !isExcluded && patterns.some(pattern => matchesPattern(pattern, text));
}

/** `*` is any characters, `?` exactly one. */
function matchesPattern(pattern: string, text: string): boolean {
	const source = pattern.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&').replaceAll('*', '.*');
	return new RegExp(`^${source.replaceAll('?', '.')}$`, 's').test(text);
}

/** A part of a path with the shell's wildcards: `*`, `?`, `[0-9]`, `[!a]`. */
export function fileNamePattern(part: string): RegExp {
	const source = part.replaceAll(
		/\\(.)|(\[[!^]?\]?[^\]]*\])|([*?])|([\\^$.|+()[\]{}])/g,
		(all, escaped?: string, set?: string, wildcard?: string) => {
			if (escaped !== undefined) {
				return `\\${escaped}`;
			}

			if (set !== undefined) {
				return `[${set
					.slice(1, -1)
					.replace(/^!/, '^')
					.replaceAll('\\', '\\\\')
					.replace(/^(\^?)\]/, '$1\\]')}]`;
			}

			return wildcard === undefined ? `\\${all}` : wildcard === '*' ? '.*' : '.';
		},
	);
	return new RegExp(`^${part.startsWith('.') ? '' : '(?!\\.)'}${source}$`, 's');
}
