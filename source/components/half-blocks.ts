import type {Pixels} from '../state/content/line.js';

/**
 * How far a pixel may be from the colour that is in force, in each of red, green and blue, to be
 * drawn in it. What a frame costs is the changes of colour in it, and an eye sees no smaller step here.
 */
const tolerance = 12;

/**
 * A row of half blocks with their colours as SGR, at most `width` of them. The codes are as Ink writes
 * them itself, one in each sequence: a row in another form is taken apart twice in every frame.
 */
export function halfBlocks({upper, lower, colours}: Pixels, width: number): string {
	const code = colours === 'true' ? trueColour : paletteColour;
	const ink = createPen('38', upper, code);
	const paper = createPen('48', lower, code);
	let row = '';
	for (let at = 0; at < Math.min(width * 3, upper.length); at += 3) {
		row += `${ink(at)}${paper(at)}▀`;
	}

	return row === '' ? row : `${row}\u001b[49m\u001b[39m`;
}

/** Gives the sequence that a pixel needs: none where the colour in force does. */
function createPen(
	ground: '38' | '48',
	pixels: Uint8Array,
	code: (pixels: Uint8Array, at: number) => string,
) {
	let inForce: number | undefined;
	let sequence = '';
	return (at: number) => {
		if (inForce !== undefined && isNear(pixels, at, inForce)) {
			return '';
		}

		inForce = at;
		const next = `\u001b[${ground};${code(pixels, at)}m`;
		const same = next === sequence;
		sequence = next;
		return same ? '' : next;
	};
}

const isNear = (pixels: Uint8Array, one: number, two: number) =>
	[0, 1, 2].every(
		colour => Math.abs((pixels[one + colour] ?? 0) - (pixels[two + colour] ?? 0)) <= tolerance,
	);

function trueColour(pixels: Uint8Array, at: number): string {
	return `2;${pixels[at]};${pixels[at + 1]};${pixels[at + 2]}`;
}

/** The levels of xterm's 6×6×6 cube, which begins at 16; 24 grays from 8 to 238 follow at 232. */
const levels = [0, 95, 135, 175, 215, 255];

/** The nearest of the 256 colours that are the same in every terminal. */
function paletteColour(pixels: Uint8Array, at: number): string {
	const colour = [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
	const steps = colour.map(value => levels.findIndex((_, step) => value < edgeAfter(step)));
	const [red = 0, green = 0, blue = 0] = steps;
	const mean = colour.reduce((sum, value) => sum + value, 0) / 3;
	const gray = Math.min(23, Math.max(0, Math.round((mean - 8) / 10)));
	const distance = (to: readonly number[]) =>
		colour.reduce((sum, value, index) => sum + (value - (to[index] ?? 0)) ** 2, 0);
	const cube = steps.map(step => levels[step] ?? 0);
	const grays = [8 + 10 * gray, 8 + 10 * gray, 8 + 10 * gray];
	return `5;${distance(grays) < distance(cube) ? 232 + gray : 16 + 36 * red + 6 * green + blue}`;
}

/** Halfway between a level and the next. */
const edgeAfter = (step: number) =>
	((levels[step] ?? 0) + (levels[step + 1] ?? Number.POSITIVE_INFINITY)) / 2;
