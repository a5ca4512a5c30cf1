import {open} from 'node:fs/promises';

export type ImageSize = {width: number; height: number};

/** A JPEG has its size behind its thumbnail and colour profile; more than this is no picture. */
const longestHead = 2 ** 20;

/** The size of a PNG, JPEG or WebP file by its content; undefined when it is none of these. */
export async function readImageSize(file: string): Promise<ImageSize | undefined> {
	const handle = await open(file);
	try {
		const head = Buffer.alloc(longestHead);
		const {bytesRead} = await handle.read(head, 0, longestHead, 0);
		return sizeOfImage(head.subarray(0, bytesRead));
	} finally {
		await handle.close();
	}
}

/** The size that the beginning of a picture says. */
export function sizeOfImage(head: Buffer): ImageSize | undefined {
	const size = sizeOfPng(head) ?? sizeOfJpeg(head) ?? sizeOfWebp(head);
	return size && size.width > 0 && size.height > 0 ? size : undefined;
}

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

/** The signature, and the first chunk up to width and height (PNG specification, 11.2.2). */
export function sizeOfPng(head: Buffer): ImageSize | undefined {
	return head.length >= 24 && head.subarray(0, 8).equals(pngSignature)
		? {width: head.readUInt32BE(16), height: head.readUInt32BE(20)}
		: undefined;
}

/** Goes from segment to segment up to the frame's header (ITU T.81, B.2.2). */
function sizeOfJpeg(head: Buffer): ImageSize | undefined {
	if (head.length < 4 || head.readUInt16BE(0) !== 0xff_d8) {
		return undefined;
	}

	let at = 2;
	while (at + 9 <= head.length && head[at] === 0xff) {
		const marker = head[at + 1] as number;
		if (marker === 0xff) {
			// A fill byte.
			at++;
			continue;
		}

		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) {
			return {height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7)};
		}

		at += 2 + Math.max(2, head.readUInt16BE(at + 2));
	}

	return undefined;
}

/** The three forms of the format (RFC 9649, section 2). */
function sizeOfWebp(head: Buffer): ImageSize | undefined {
	const [container, format] = [head.toString('latin1', 0, 4), head.toString('latin1', 8, 15)];
	if (head.length < 30 || container !== 'RIFF' || format !== 'WEBPVP8') {
		return undefined;
	}

	switch (head[15]) {
		case 0x20:
			return {width: head.readUInt16LE(26) & 0x3f_ff, height: head.readUInt16LE(28) & 0x3f_ff};
		case 0x4c: {
			const bits = head.readUInt32LE(21);
			return {width: (bits & 0x3f_ff) + 1, height: ((bits >> 14) & 0x3f_ff) + 1};
		}

		case 0x58:
			return {width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1};
		default:
			return undefined;
	}
}
