import {type Canvas, type Color, fillRect} from './canvas.js';

const glyphWidth = 5;
export const glyphHeight = 7;

/** Seven rows of five dots for each letter, a row as a number from 0 to 31, the left dot highest. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
	A: [14, 17, 17, 31, 17, 17, 17],
	B: [30, 17, 17, 30, 17, 17, 30],
	C: [14, 17, 16, 16, 16, 17, 14],
	D: [30, 17, 17, 17, 17, 17, 30],
	E: [31, 16, 16, 30, 16, 16, 31],
	F: [31, 16, 16, 30, 16, 16, 16],
	G: [14, 17, 16, 23, 17, 17, 15],
	H: [17, 17, 17, 31, 17, 17, 17],
	I: [14, 4, 4, 4, 4, 4, 14],
	K: [17, 18, 20, 24, 20, 18, 17],
	L: [16, 16, 16, 16, 16, 16, 31],
	M: [17, 27, 21, 21, 17, 17, 17],
	N: [17, 25, 21, 19, 17, 17, 17],
	O: [14, 17, 17, 17, 17, 17, 14],
	P: [30, 17, 17, 30, 16, 16, 16],
	R: [30, 17, 17, 30, 20, 18, 17],
	S: [15, 16, 16, 14, 1, 1, 30],
	T: [31, 4, 4, 4, 4, 4, 4],
	U: [17, 17, 17, 17, 17, 17, 14],
	V: [17, 17, 17, 17, 17, 10, 4],
	Y: [17, 17, 10, 4, 4, 4, 4],
	0: [14, 17, 19, 21, 25, 17, 14],
	1: [4, 12, 4, 4, 4, 4, 14],
	2: [14, 17, 1, 2, 4, 8, 31],
	3: [31, 2, 4, 2, 1, 17, 14],
	4: [2, 6, 10, 18, 31, 2, 2],
	5: [31, 16, 30, 1, 1, 17, 14],
	6: [6, 8, 16, 30, 17, 17, 14],
	7: [31, 1, 2, 4, 8, 8, 8],
	8: [14, 17, 17, 14, 17, 17, 14],
	9: [14, 17, 17, 15, 1, 2, 12],
};

/** The width of a text in dots, times the scale. */
export function textWidth(text: string, scale: number): number {
	return (text.length * (glyphWidth + 1) - 1) * scale;
}

/** Writes capital letters and digits; any other character is a gap. */
export function drawText(
	canvas: Canvas,
	text: string,
	left: number,
	top: number,
	scale: number,
	color: Color,
): void {
	for (const [index, character] of [...text].entries()) {
		const x = left + index * (glyphWidth + 1) * scale;
		for (const [row, dots] of (glyphs[character] ?? []).entries()) {
			for (let column = 0; column < glyphWidth; column++) {
				if (dots & (1 << (glyphWidth - 1 - column))) {
					fillRect(canvas, x + column * scale, top + row * scale, scale, scale, color);
				}
			}
		}
	}
}
