// Takes the place of string-width in the bundle. Nearly all of a frame is text whose characters are one
// column wide each; for that no clusters need be found, and above all no expression over all emoji
// compiled, which costs a start more than all other measuring. test/quick-width.test.ts compares both.
import stringWidth from './lazy-width.cjs';

/**
 * Latin, dashes and dots, arrows, boxes, blocks, braille, the signs of a status: never wide, never joined.
 * Written in ASCII: one other character, and the whole file takes twice as long to read and to check.
 */
const narrow =
	/^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25fc\u2713-\u2718\u2800-\u28ff]*$/;
const colours = /\u001b\[[\d;]*m/g;

export default function quickWidth(text, options) {
	return (options === undefined ? narrowWidth(text) : undefined) ?? stringWidth(text, options);
}

/** Undefined for a text with anything but colours and such characters. */
export function narrowWidth(text) {
	const bare = text.includes('\u001b') ? text.replace(colours, '') : text;
	return narrow.test(bare) ? bare.length : undefined;
}
