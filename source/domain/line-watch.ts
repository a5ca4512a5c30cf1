/** Longer lines are not looked at. */
const longest = 500;
const colours = /\u001b\[[\d;]*m/g;

/**
 * Watches output for a line, also one that has no end yet, as a progress bar.
 * @returns takes the next bytes; true when the line has been among all so far
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
