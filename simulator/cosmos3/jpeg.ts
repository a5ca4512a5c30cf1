import type {Canvas} from '../picture/canvas.js';

/**
 * Writes a picture as a JPEG of blocks: each pixel of the canvas becomes a square of 8 by 8, so that
 * only the mean of a block has to be coded.
 * @param comment stands in the file
 */
export function encodeJpeg(canvas: Canvas, comment: string): Uint8Array {
	const {width, height, pixels} = canvas;
	const two = (number: number) => [number >> 8, number & 0xff];
	const segment = (marker: number, content: readonly number[]) => [
		0xff,
		marker,
		...two(content.length + 2),
		...content,
	];
	const components = [1, 2, 3];
	const head = [
		...[0xff, 0xd8],
		...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
		...segment(0xfe, [...Buffer.from(comment, 'latin1')]),
		// The mean of a block is an eighth of its coefficient, so a step of 8 keeps it as it is.
		...segment(0xdb, [0, ...new Array<number>(64).fill(8)]),
		...segment(0xc0, [
			8,
			...two(height * 8),
			...two(width * 8),
			3,
			...components.flatMap(component => [component, 0x11, 0]),
		]),
		...segment(0xc4, [0, ...lengths, ...categories]),
		// Of the other coefficients there is one code only: that the block ends.
		...segment(0xc4, [0x10, 1, ...new Array<number>(15).fill(0), 0]),
		...segment(0xda, [3, ...components.flatMap(component => [component, 0]), 0, 63, 0]),
	];
	const bits = createBits();
	const before = [0, 0, 0];
	for (const pixel of pixels) {
		for (const [component, value] of toLuma(pixel).entries()) {
			writeMean(bits, value - (before[component] ?? 0));
			bits.write(0, 1);
			before[component] = value;
		}
	}

	return Uint8Array.from([...head, ...bits.end(), 0xff, 0xd9]);
}

/** Codes for the sizes of differences: how many of each length, and which sizes, as in the standard. */
const lengths = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const categories = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const codes: ReadonlyArray<readonly [code: number, length: number]> = (() => {
	const found: Array<readonly [number, number]> = [];
	let code = 0;
	for (const [index, count] of lengths.entries()) {
		for (let number = 0; number < count; number++) {
			found.push([code++, index + 1]);
		}

		code <<= 1;
	}

	return found;
})();

type Bits = {write: (value: number, length: number) => void; end: () => number[]};

function createBits(): Bits {
	const bytes: number[] = [];
	let buffer = 0;
	let filled = 0;
	const write = (value: number, length: number) => {
		for (let bit = length - 1; bit >= 0; bit--) {
			buffer = (buffer << 1) | ((value >> bit) & 1);
			filled++;
			if (filled === 8) {
				// A byte of ones would begin a marker.
				bytes.push(buffer, ...(buffer === 0xff ? [0] : []));
				buffer = 0;
				filled = 0;
			}
		}
	};
	return {
		write,
		end() {
			while (filled > 0) {
				write(1, 1);
			}

			return bytes;
		},
	};
}

function writeMean(bits: Bits, difference: number): void {
	const size = 32 - Math.clz32(Math.abs(difference));
	const [code, length] = codes[size] ?? [0, 0];
	bits.write(code, length);
	bits.write(difference < 0 ? difference + (1 << size) - 1 : difference, size);
}

/** Brightness and two differences of colour, around 0. */
function toLuma(pixel: number): [number, number, number] {
	const [red, green, blue] = [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff];
	return [
		Math.round(0.299 * red + 0.587 * green + 0.114 * blue) - 128,
		Math.round(-0.1687 * red - 0.3313 * green + 0.5 * blue),
		Math.round(0.5 * red - 0.4187 * green - 0.0813 * blue),
	];
}
