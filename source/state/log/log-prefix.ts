/**
 * What the loggers of Cosmos write before each message: date, time, since Cosmos 3 the job, level, source.
 * The source alone fills half a row.
 */
const prefix = /^\[\d\d-\d\d (\d\d:\d\d:\d\d)\|(?:job=[^\]|]*\|)?(\w+)\|[^\]|]*\] ?/;
const colours = /\u001b\[[0-9;]*m/g;

/** What is shown of a line that has such a prefix: the level only when it is more than information. */
export function withoutPrefix(
	line: string,
): {time: string; level: string; message: string} | undefined {
	const found = prefix.exec(line);
	if (!found) {
		return undefined;
	}

	const [all, time = '', level = ''] = found;
	const usual = /^(INFO|DEBUG|TRACE|SUCCESS)$/.test(level);
	return {time, level: usual ? '' : level, message: line.slice(all.length)};
}

/**
 * A line as a person sees it, without its colours.
 * @param whole with its whole prefix
 */
export function shownText(line: string, whole: boolean): string {
	const short = whole ? undefined : withoutPrefix(line);
	const text = short
		? [short.time, short.level, short.message].filter((part, at) => at !== 1 || part).join(' ')
		: line;
	return text.replaceAll(colours, '');
}
