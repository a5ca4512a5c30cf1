/** Looks into one rendered frame: its size, and whether it is whole. Nothing is decoded. */
import {open} from 'node:fs/promises';
import {CosmosError, messageOf} from '../../domain/errors.js';
import {type ExrHeader, foreignColours, readExrHeader} from '../../domain/inputs/exr.js';
import {recogniseContent} from '../../domain/inputs/file-content.js';
import {type ImageSize, sizeOfImage, sizeOfPng} from './image-size.js';

export type FrameFile = ImageSize & {
	/** Of a PNG: 16 bits in one channel, which may be a depth in millimetres. */
	isDeepGray?: boolean;
	exr?: ExrHeader;
};

/** The header of an EXR with its table of chunks, or of a JPEG with its colour profile. */
const headLength = 2 ** 18;
const headOfPng = 4096;
/** Some programs write behind the end of the picture. */
const tailLength = 2 ** 16;

/** @throws CosmosError (usage) that names a frame which is damaged, or not what its name says */
export async function readFrame(file: string): Promise<FrameFile> {
	let size: number;
	let head: Buffer;
	let tail: Buffer;
	try {
		const handle = await open(file);
		try {
			({size} = await handle.stat());
			head = await readAt(handle, 0, Math.min(size, isPng(file) ? headOfPng : headLength));
			tail = await readAt(handle, Math.max(0, size - tailLength), Math.min(size, tailLength));
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw new CosmosError('bad-input', `cannot read ${file}: ${messageOf(error)}`, {cause: error});
	}

	if (size === 0) {
		throw damaged(file, 'is empty');
	}

	return /\.exr$/i.test(file) ? exrFrame(file, size, head) : pictureFrame(file, head, tail);
}

const isPng = (file: string) => /\.png$/i.test(file);

type Handle = Awaited<ReturnType<typeof open>>;

async function readAt(handle: Handle, at: number, length: number): Promise<Buffer> {
	const {bytesRead, buffer} = await handle.read(Buffer.alloc(length), 0, length, at);
	return buffer.subarray(0, bytesRead);
}

function pictureFrame(file: string, head: Buffer, tail: Buffer): FrameFile {
	const size = isPng(file) ? sizeOfPng(head) : sizeOfImage(head);
	if (!size) {
		const content = recogniseContent(head.subarray(0, 4096));
		throw new CosmosError(
			'bad-input',
			`${file} is not a ${isPng(file) ? 'PNG' : 'JPEG'} file${content ? `: it is ${content.what}` : ''}`,
			{hint: content?.remedy ?? 'It may be cut off, or have the wrong ending. Render it again.'},
		);
	}

	if (!tail.includes(isPng(file) ? Buffer.from('IEND') : Buffer.from([0xff, 0xd9]))) {
		throw damaged(file, 'is cut off: its end is missing');
	}

	// Bit depth 16, colour type 0: grey without transparency (PNG specification, 11.2.2).
	return {...size, isDeepGray: isPng(file) && head[24] === 16 && head[25] === 0};
}

function exrFrame(file: string, size: number, head: Buffer): FrameFile {
	const exr = readExrHeader(head);
	if (typeof exr === 'string') {
		throw new CosmosError('bad-input', `${file} ${exr}`, {
			hint: exr.includes('multi-part')
				? 'Render each pass into files of its own, with a single part.'
				: 'Render it again as a plain OpenEXR file.',
		});
	}

	if (exr.chunks.some(offset => offset === 0 || offset >= size)) {
		throw damaged(file, 'is cut off: the end of its pixels is missing');
	}

	return {width: exr.width, height: exr.height, exr};
}

/** Why the colours of a frame would come out wrong; undefined when they do not. */
export function colourProblem({exr}: FrameFile): {why: string; hint: string} | undefined {
	if (!exr) {
		return undefined;
	}

	const colours = foreignColours(exr);
	if (colours) {
		const hint = 'Render or convert it to linear Rec. 709 (sRGB primaries).';
		return {why: `has ${colours}`, hint};
	}

	const names = exr.channels.map(({name}) => name);
	return ['R', 'G', 'B'].every(name => names.includes(name)) || names.includes('Y')
		? undefined
		: {
				why: `has no channels R, G, B but ${names.slice(0, 4).join(', ')}`,
				hint: 'Write the pass into a file of its own, with the channels R, G, B.',
			};
}

function damaged(file: string, why: string): CosmosError {
	return new CosmosError('bad-input', `${file} ${why}`, {hint: 'Render or copy this frame again.'});
}
