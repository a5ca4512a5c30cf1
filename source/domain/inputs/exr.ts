/**
 * The beginning of an OpenEXR file: its header and its table of chunks, as "OpenEXR File Layout" of
 * the OpenEXR documentation describes them. Only what decides whether a frame can be used is read.
 */

export type ExrChannel = {name: string; type: 'uint' | 'half' | 'float'; sampling: number};

export type ExrHeader = {
	width: number;
	height: number;
	/** Where the pixels are that are stored: first line and size. */
	data: {left: number; top: number; width: number; height: number};
	channels: ExrChannel[];
	/** By the number of the format. */
	compression: number;
	isTiled: boolean;
	/** x and y of red, green, blue and white; absent: Rec. 709. */
	chromaticities?: number[];
	/** Offsets of the chunks in the file; as many as the file must have. */
	chunks: number[];
};

/** Names of compressions, by number. */
export const compressions = [
	...['none', 'RLE', 'ZIPS', 'ZIP', 'PIZ'],
	...['PXR24', 'B44', 'B44A', 'DWAA', 'DWAB'],
];
/** Lines in a chunk, by compression. */
const chunkLines = [1, 1, 1, 16, 32, 16, 32, 32, 32, 256];

const magic = 0x01_31_2f_76;
const flags = {tiled: 0x2_00, deep: 0x8_00, multipart: 0x10_00};

/**
 * @param bytes the beginning of the file, at least up to the end of its table of chunks
 * @returns the header, or why the file cannot be used
 */
export function readExrHeader(bytes: Buffer): ExrHeader | string {
	if (bytes.length < 8 || bytes.readUInt32LE(0) !== magic) {
		return 'is not an OpenEXR file';
	}

	const version = bytes.readUInt32LE(4);
	if (version & flags.multipart) {
		return 'is a multi-part OpenEXR file, of which only the first part would be read';
	}

	if (version & flags.deep) {
		return 'is a deep OpenEXR file, which has no plain pixels';
	}

	try {
		return readAttributes(bytes, (version & flags.tiled) !== 0);
	} catch (error) {
		if (error instanceof RangeError) {
			return 'is cut off in its header';
		}

		throw error;
	}
}

function readAttributes(bytes: Buffer, isTiled: boolean): ExrHeader | string {
	const values = new Map<string, Buffer>();
	let at = 8;
	while (byteAt(bytes, at) !== 0) {
		const name = nameAt(bytes, at);
		const type = nameAt(bytes, name.end);
		const size = bytes.readUInt32LE(type.end);
		const begin = type.end + 4;
		if (begin + size > bytes.length) {
			throw new RangeError('cut off');
		}

		values.set(name.text, bytes.subarray(begin, begin + size));
		at = begin + size;
	}

	const [shown, data, channels] = [
		values.get('displayWindow'),
		values.get('dataWindow'),
		values.get('channels'),
	];
	const compression = values.get('compression')?.[0] ?? 0;
	if (!shown || !data || !channels) {
		return 'lacks a part of its header';
	}

	const [dataBox, shownBox] = [boxIn(data), boxIn(shown)];
	const tiles = values.get('tiles');
	const count = tiles
		? Math.ceil(dataBox.width / tiles.readUInt32LE(0)) *
			Math.ceil(dataBox.height / tiles.readUInt32LE(4))
		: Math.ceil(dataBox.height / (chunkLines[compression] ?? 1));
	const primaries = values.get('chromaticities');
	return {
		width: shownBox.width,
		height: shownBox.height,
		data: dataBox,
		channels: channelsIn(channels),
		compression,
		isTiled,
		...(primaries && {
			chromaticities: Array.from({length: 8}, (_, index) => primaries.readFloatLE(index * 4)),
		}),
		chunks: Array.from({length: count}, (_, index) =>
			Number(bytes.readBigUInt64LE(at + 1 + index * 8)),
		),
	};
}

function channelsIn(bytes: Buffer): ExrChannel[] {
	const found: ExrChannel[] = [];
	let at = 0;
	while (byteAt(bytes, at) !== 0) {
		const {text: name, end} = nameAt(bytes, at);
		const type = (['uint', 'half', 'float'] as const)[bytes.readUInt32LE(end)] ?? 'uint';
		found.push({name, type, sampling: bytes.readUInt32LE(end + 8)});
		at = end + 16;
	}

	return found;
}

function boxIn(bytes: Buffer) {
	const [left, top] = [bytes.readInt32LE(0), bytes.readInt32LE(4)];
	return {
		...{left, top},
		width: bytes.readInt32LE(8) - left + 1,
		height: bytes.readInt32LE(12) - top + 1,
	};
}

function byteAt(bytes: Buffer, at: number): number {
	return bytes.readUInt8(at);
}

function nameAt(bytes: Buffer, at: number): {text: string; end: number} {
	const end = bytes.indexOf(0, at);
	if (end < 0) {
		throw new RangeError('cut off');
	}

	return {text: bytes.toString('utf8', at, end), end: end + 1};
}

const rec709 = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329];
const acescg = [0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.321_68, 0.337_67];
const near = (a: readonly number[], b: readonly number[]) =>
	a.every((value, index) => Math.abs(value - (b[index] as number)) < 0.005);

/** The name of colours that are not those of Rec. 709. */
export function foreignColours({chromaticities: found}: ExrHeader): string | undefined {
	if (!found || near(found, rec709)) {
		return undefined;
	}

	return near(found, acescg) ? 'ACEScg' : 'primaries other than those of Rec. 709';
}
