import type {Pixels} from '../state/line.js';

/** A row of half blocks with their colours as SGR, at most `width` of them. */
export function halfBlocks({upper, lower, colours}: Pixels, width: number): string {
	const code = colours === 'true' ? trueColour : paletteColour;
	let row = '';
	let above = '';
	let below = '';
	for (let at = 0; at < Math.min(width * 3, upper.length); at += 3) {
		const next = [`38;${code(upper, at)}`, `48;${code(lower, at)}`] as const;
		const changed = [
			...(next[0] === above ? [] : [next[0]]),
			...(next[1] === below ? [] : [next[1]]),
		];
		[above, below] = next;
		row += `${changed.length > 0 ? `\u001b[${changed.join(';')}m` : ''}▀`;
	}

	return row === '' ? row : `${row}\u001b[39;49m`;
}

/** Neighbours that differ less than an eye sees share a colour, which needs no bytes. */
const fine = (value = 0) => value & 0xfc;

function trueColour(pixels: Uint8Array, at: number): string {
	return `2;${fine(pixels[at])};${fine(pixels[at + 1])};${fine(pixels[at + 2])}`;
}

/** The levels of xterm's 6×6×6 cube, which begins at 16; 24 grays from 8 to 238 follow at 232. */
const levels = [0, 95, 135, 175, 215, 255];

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
