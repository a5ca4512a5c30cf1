/**
 * Depth that a renderer writes as distances: EXR in metres, 16-bit PNG in millimetres. The models
 * know depth as their estimator makes it: the inverse of the distance, near is white.
 */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {inflateSync} from 'node:zlib';
import {CosmosError} from '../../domain/errors.js';
import {compressions, type ExrHeader, readExrHeader} from '../../domain/inputs/exr.js';
import {decodeGrayPng} from '../../domain/inputs/gray-png.js';

/** Metres. */
export type DepthRange = {near: number; far: number};

/** Distances in metres, line by line; what is nothing is infinite. */
export type DepthPicture = {width: number; height: number; metres: Float32Array};

/** Further than this is a renderer's word for nothing: 65504 is the largest half, 1e10 Blender's sky. */
const nothing = 65_000;

/** Names of the channel that holds a distance. */
const channelNames = ['Z', 'depth.Z', 'Depth.Z', 'V', 'Y', 'R', 'depth', 'distance'];

/** @throws CosmosError (usage) that names a file which is damaged, or cannot be read as a depth */
export async function readDepth(file: string): Promise<DepthPicture> {
	return /\.exr$/i.test(file) ? readDepthExr(file) : readDepthPng(file);
}

/** The nearest and the furthest distance of a picture. */
export function rangeOf({metres}: DepthPicture): DepthRange {
	const range = {near: Number.POSITIVE_INFINITY, far: 0};
	for (const value of metres) {
		if (value < Number.POSITIVE_INFINITY) {
			range.near = Math.min(range.near, value);
			range.far = Math.max(range.far, value);
		}
	}

	return range;
}

/** A byte a pixel: `near` and nearer is white, `far`, further and nothing is black. */
export function toGray({metres}: DepthPicture, {near, far}: DepthRange): Uint8Array {
	const [most, least] = [1 / near, 1 / far];
	const scale = most > least ? 255 / (most - least) : 0;
	return Uint8ClampedArray.from(
		metres,
		value => (1 / value - least) * scale,
	) as unknown as Uint8Array;
}

const clean = (value: number) => (value > 0 && value < nothing ? value : Number.POSITIVE_INFINITY);

async function readDepthPng(file: string): Promise<DepthPicture> {
	try {
		const {width, height, values} = decodeGrayPng(await readFile(file));
		// 65535 is what cameras and simulators write for nothing.
		const metres = Float32Array.from(values, millimetres =>
			millimetres === 65_535 ? Number.POSITIVE_INFINITY : clean(millimetres / 1000),
		);
		return {width, height, metres};
	} catch (error) {
		throw damagedFrame(file, error);
	}
}

async function readDepthExr(file: string): Promise<DepthPicture> {
	const bytes = await readFile(file);
	const header = readExrHeader(bytes);
	if (typeof header === 'string') {
		throw new CosmosError('bad-input', `${file} ${header}`);
	}

	const problem = depthProblem(header);
	if (problem) {
		throw new CosmosError('bad-input', `${path.basename(file)} ${problem.why}`, {
			hint: problem.hint,
		});
	}

	try {
		return decode(bytes, header);
	} catch (error) {
		throw damagedFrame(file, error);
	}
}

const damagedFrame = (file: string, cause?: unknown) =>
	new CosmosError('bad-input', `${file} is damaged: its pixels cannot be read`, {
		hint: 'Render or copy this frame again.',
		cause,
	});

/** Why the depth of an EXR cannot be read here. */
export function depthProblem(header: ExrHeader): {why: string; hint: string} | undefined {
	if (header.isTiled || header.compression > 3) {
		const name = header.isTiled ? 'tiles' : (compressions[header.compression] ?? 'unknown');
		return {
			why: `is an OpenEXR file of ${name}, of which no depth is read`,
			hint: 'Write it in lines, with ZIP or RLE compression or none.',
		};
	}

	return depthChannel(header) === undefined
		? {
				why: `has no channel of a depth but ${header.channels.map(({name}) => name).join(', ')}`,
				hint: `The channel is called ${channelNames.slice(0, 3).join(', ')} …`,
			}
		: undefined;
}

function depthChannel({channels}: ExrHeader) {
	const [only] = channels;
	return (
		channelNames.map(name => channels.find(one => one.name === name)).find(Boolean) ??
		channels.find(({name}) => /\.(?:Z|V)$|depth|distance/i.test(name)) ??
		(channels.length === 1 ? only : undefined)
	);
}

/** Puts the lines of one channel where they are shown (OpenEXR File Layout, "Scan line blocks"). */
function decode(bytes: Buffer, header: ExrHeader): DepthPicture {
	const {width, height, data, channels, compression, chunks} = header;
	const metres = new Float32Array(width * height).fill(Number.POSITIVE_INFINITY);
	const wanted = depthChannel(header);
	const bytesOf = (type: string) => (type === 'half' ? 2 : 4);
	const lineLength = channels.reduce((sum, {type}) => sum + bytesOf(type) * data.width, 0);
	const before = channels
		.slice(0, channels.indexOf(wanted as never))
		.reduce((sum, {type}) => sum + bytesOf(type) * data.width, 0);
	const lines = compression === 3 ? 16 : 1;
	for (const offset of chunks) {
		const first = bytes.readInt32LE(offset) - data.top;
		const stored = bytes.subarray(offset + 8, offset + 8 + bytes.readUInt32LE(offset + 4));
		const count = Math.min(lines, data.height - first);
		const isPacked = stored.length < count * lineLength;
		const plain = isPacked ? unpack(stored, compression) : stored;
		if (plain.length !== count * lineLength) {
			throw new RangeError('a block is too short');
		}

		for (let line = 0; line < count; line++) {
			for (let x = 0; x < data.width; x++) {
				const [toX, toY] = [x + data.left, first + line + data.top];
				const at = line * lineLength + before + x * bytesOf(wanted?.type ?? 'half');
				if (toX >= 0 && toX < width && toY >= 0 && toY < height) {
					metres[toY * width + toX] = clean(
						wanted?.type === 'half'
							? halfToNumber(plain.readUInt16LE(at))
							: wanted?.type === 'float'
								? plain.readFloatLE(at)
								: plain.readUInt32LE(at),
					);
				}
			}
		}
	}

	return {width, height, metres};
}

/** RLE, ZIPS and ZIP hold the differences between bytes, of which the even ones come first. */
function unpack(stored: Buffer, compression: number): Buffer {
	const bytes = compression === 1 ? expandRuns(stored) : inflateSync(stored);
	for (let at = 1; at < bytes.length; at++) {
		bytes[at] = ((bytes[at - 1] as number) + (bytes[at] as number) - 128) & 0xff;
	}

	const plain = Buffer.alloc(bytes.length);
	const half = Math.ceil(bytes.length / 2);
	for (let at = 0; at < bytes.length; at++) {
		plain[at] = bytes[at % 2 === 0 ? at / 2 : half + (at - 1) / 2] as number;
	}

	return plain;
}

/** A count below 0: so many bytes as they are; else the next byte once more than that. */
function expandRuns(stored: Buffer): Buffer {
	const parts: Buffer[] = [];
	for (let at = 0; at < stored.length; ) {
		const count = stored.readInt8(at);
		if (count < 0) {
			parts.push(Buffer.from(stored.subarray(at + 1, at + 1 - count)));
			at += 1 - count;
		} else {
			parts.push(Buffer.alloc(count + 1, stored[at + 1]));
			at += 2;
		}
	}

	return Buffer.concat(parts);
}

function halfToNumber(bits: number): number {
	const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3_ff];
	const sign = bits & 0x80_00 ? -1 : 1;
	if (exponent === 0x1f) {
		return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
	}

	return exponent === 0
		? sign * fraction * 2 ** -24
		: sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
