/** Reads a PNG of 16 bits a pixel, as depth cameras and simulators write it. */
import {inflateSync} from 'node:zlib';

export type GrayPicture = {width: number; height: number; values: Uint16Array};

/**
 * @param bytes a PNG of bit depth 16 and colour type 0, not interlaced (PNG specification, 9 and 11)
 * @throws RangeError or zlib's error when it is damaged
 */
export function decodeGrayPng(bytes: Buffer): GrayPicture {
	const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
	if (bytes[28] !== 0) {
		throw new RangeError('it is interlaced');
	}

	const lines = inflateSync(Buffer.concat(dataOf(bytes)));
	const length = width * 2;
	if (lines.length < (length + 1) * height) {
		throw new RangeError('it has too few lines');
	}

	const values = new Uint16Array(width * height);
	let above = Buffer.alloc(length);
	for (let y = 0; y < height; y++) {
		const begin = y * (length + 1);
		const line = lines.subarray(begin + 1, begin + 1 + length);
		unfilter(lines[begin] as number, line, above);
		for (let x = 0; x < width; x++) {
			values[y * width + x] = line.readUInt16BE(x * 2);
		}

		above = line;
	}

	return {width, height, values};
}

/** What the IDAT chunks hold. */
function dataOf(bytes: Buffer): Buffer[] {
	const found: Buffer[] = [];
	for (let at = 8; at + 8 <= bytes.length; ) {
		const length = bytes.readUInt32BE(at);
		if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') {
			found.push(bytes.subarray(at + 8, at + 8 + length));
		}

		at += length + 12;
	}

	return found;
}

/** Two bytes a pixel. */
const step = 2;

function unfilter(filter: number, line: Buffer, above: Buffer): void {
	for (let at = 0; at < line.length; at++) {
		const left = at < step ? 0 : (line[at - step] as number);
		const up = above[at] as number;
		const corner = at < step ? 0 : (above[at - step] as number);
		const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
		line[at] = ((line[at] as number) + guess) & 0xff;
	}
}

function paeth(left: number, up: number, corner: number): number {
	const guess = left + up - corner;
	const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
	if (a <= b && a <= c) {
		return left;
	}

	return b <= c ? up : corner;
}
