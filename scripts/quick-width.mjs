// Takes the place of string-width in the bundle. Nearly all of a frame is text whose characters are one
// column wide each; for that no clusters need be found, and above all no expression over all emoji
// compiled, which costs a start more than all other measuring. test/quick-width.test.ts compares both.
import stringWidth from 'string-width';

/** Latin, dashes and dots, arrows, boxes, blocks, braille, the signs of a status: never wide, never joined. */
const narrow = /^[ -~¡-¬®-˿‐-‧←-⇿─-◼✓-✘⠀-⣿]*$/;
const colours = /\u001b\[[\d;]*m/g;

export default function quickWidth(text, options) {
	const bare = text.includes('\u001b') ? text.replace(colours, '') : text;
	return options === undefined && narrow.test(bare) ? bare.length : stringWidth(text, options);
}
