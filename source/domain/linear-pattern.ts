/** What the groups of a match hold, the whole of it first. */
export type Groups = ReadonlyArray<string | null>;

/**
 * A regular expression that may be somebody's mistake, or an attack: V8's own goes back over a line again
 * and again, this one reads it once. It has no backreferences and no lookahead.
 * @throws Error for a pattern that it cannot use
 */
export async function linearPattern(
	pattern: string,
): Promise<(text: string) => Groups | undefined> {
	const {RE2JS} = await import('re2js');
	const expression = RE2JS.compile(RE2JS.translateRegExp(pattern), RE2JS.LOOKBEHINDS);
	return text => {
		const matcher = expression.matcher(text);
		return matcher.find()
			? Array.from({length: matcher.groupCount() + 1}, (_, at) => matcher.group(at))
			: undefined;
	};
}
