/** OpenEXR files of lines, as "OpenEXR File Layout" describes them, for tests. */
import {deflateSync} from 'node:zlib';

export type ExrOptions = {
	width: number;
	height: number;
	/** Values of each channel, line by line; the names have to be in the order of the alphabet. */
	channels: Readonly<Record<string, readonly number[]>>;
	isZip?: boolean;
	/** x and y of red, green, blue and white. */
	chromaticities?: readonly number[];
	isMultiPart?: boolean;
	/** The number that the header names, whatever is stored. */
	compression?: number;
	isTiled?: boolean;
};

export function exrFile(options: ExrOptions): Buffer {
	const {width, height, channels, isZip, chromaticities, isMultiPart, isTiled} = options;
	const {compression = isZip ? 3 : 0} = options;
	const names = Object.keys(channels);
	const box = int32s(0, 0, width - 1, height - 1);
	const header = Buffer.concat([
		int32s(0x01_31_2f_76, 2 | (isMultiPart ? 0x10_00 : 0) | (isTiled ? 0x2_00 : 0)),
		attribute(
			'channels',
			'chlist',
			Buffer.concat([
				...names.map(name => Buffer.concat([text(name), int32s(2, 0, 1, 1)])),
				Buffer.from([0]),
			]),
		),
		attribute('compression', 'compression', Buffer.from([compression])),
		...(chromaticities
			? [attribute('chromaticities', 'chromaticities', floats(chromaticities))]
			: []),
		attribute('dataWindow', 'box2i', box),
		attribute('displayWindow', 'box2i', box),
		attribute('lineOrder', 'lineOrder', Buffer.from([0])),
		attribute('pixelAspectRatio', 'float', floats([1])),
		attribute('screenWindowCenter', 'v2f', floats([0, 0])),
		attribute('screenWindowWidth', 'float', floats([1])),
		Buffer.from([0]),
	]);
	const linesInBlock = isZip ? 16 : 1;
	const blocks: Buffer[] = [];
	for (let first = 0; first < height; first += linesInBlock) {
		const lines: Buffer[] = [];
		for (let y = first; y < Math.min(height, first + linesInBlock); y++) {
			lines.push(
				...names.map(name => floats((channels[name] ?? []).slice(y * width, (y + 1) * width))),
			);
		}

		const plain = Buffer.concat(lines);
		const packed = isZip ? zip(plain) : plain;
		const data = packed.length < plain.length ? packed : plain;
		blocks.push(Buffer.concat([int32s(first, data.length), data]));
	}

	const table = Buffer.alloc(blocks.length * 8);
	let at = header.length + table.length;
	for (const [index, block] of blocks.entries()) {
		table.writeBigUInt64LE(BigInt(at), index * 8);
		at += block.length;
	}

	return Buffer.concat([header, table, ...blocks]);
}

function zip(plain: Buffer): Buffer {
	const even = plain.filter((_, at) => at % 2 === 0);
	const odd = plain.filter((_, at) => at % 2 === 1);
	const apart = Buffer.concat([even, odd]);
	const differences = Buffer.from(apart);
	for (let at = 1; at < apart.length; at++) {
		differences[at] = ((apart[at] as number) - (apart[at - 1] as number) + 384) & 0xff;
	}

	return deflateSync(differences);
}

const text = (word: string) => Buffer.from(`${word}\0`);

function attribute(name: string, type: string, value: Buffer): Buffer {
	return Buffer.concat([text(name), text(type), int32s(value.length), value]);
}

function int32s(...values: readonly number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 4);
	for (const [index, value] of values.entries()) {
		bytes.writeInt32LE(value, index * 4);
	}

	return bytes;
}

function floats(values: readonly number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 4);
	for (const [index, value] of values.entries()) {
		bytes.writeFloatLE(value, index * 4);
	}

	return bytes;
}
