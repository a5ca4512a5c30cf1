/** Longer lines are not looked at. */
const longest = 500;
const colours = /\u001b\[[\d;]*m/g;

/**
 * Watches output for a line, even an unfinished one such as a progress bar.
 * @returns a function that takes the next bytes; true once the line has occurred
 */
export function createLineWatch(line: RegExp): (chunk: Buffer) => boolean {
	let rest = '';
	let seen = false;
	return chunk => {
		if (!seen) {
			const lines = (rest + chunk.toString('latin1')).split(/[\n\r]/);
			seen = lines.some(text => text.length <= longest && line.test(text.replaceAll(colours, '')));
			rest = (lines.at(-1) ?? '').slice(0, longest + 1);
		}

		return seen;
	};
}

/**
 * Finds the lines of output that match, wherever its chunks are cut.
 * @returns a function that takes the next bytes and gives the matches of the lines that ended in them
 */
export function createLineFinder(line: RegExp): (chunk: Buffer) => RegExpExecArray[] {
	let rest = '';
	return chunk => {
		const lines = (rest + chunk.toString('latin1')).split(/[\n\r]/);
		rest = (lines.pop() ?? '').slice(0, longest + 1);
		return lines.flatMap(text => {
			const match = text.length <= longest ? line.exec(text.replaceAll(colours, '')) : null;
			return match ? [match] : [];
		});
	};
}
