import {readFileSync} from 'node:fs';
import path from 'node:path';
import {readVideo, type VideoFacts} from '../input-video.js';
import {PythonError, repr, toPythonError} from '../python/python-error.js';

const images = ['.png', '.jpg', '.jpeg'];
const videos = ['.mp4', '.avi', '.mov', '.mkv', '.webm'];

/** Reads what a transfer works from, an image or a video. @throws PythonError */
export async function readMedia(file: string): Promise<VideoFacts> {
	const suffix = path.extname(file).toLowerCase();
	if (images.includes(suffix)) {
		return readImage(file);
	}

	if (!videos.includes(suffix)) {
		throw new PythonError('ValueError', `Unsupported media extension: ${suffix}`);
	}

	return decodeVideo(file);
}

/** @throws PythonError as the decoder does for what is no video */
export async function decodeVideo(file: string): Promise<VideoFacts> {
	try {
		return await readVideo(file, '/');
	} catch (error) {
		const why = error instanceof PythonError && error.type === 'FileNotFoundError';
		throw new PythonError(
			'RuntimeError',
			`Could not open input file: ${file} ${why ? 'No such file or directory' : 'Invalid data found when processing input'}`,
		);
	}
}

/** An image as a video of one frame. @throws PythonError as PIL does */
export function readImage(file: string): VideoFacts {
	let bytes: Buffer;
	try {
		bytes = readFileSync(file);
	} catch (error) {
		throw toPythonError(error, file, []);
	}

	const size = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes);
	if (!size) {
		const message = `cannot identify image file ${repr(file)}`;
		throw new PythonError('PIL.UnidentifiedImageError', message);
	}

	return {file, ...size, frames: 1, fps: 1};
}

type Size = {width: number; height: number};

function readPng(bytes: Buffer): Size | undefined {
	return bytes.length > 24 && bytes.toString('latin1', 1, 4) === 'PNG'
		? {width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20)}
		: undefined;
}

function readJpeg(bytes: Buffer): Size | undefined {
	if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) {
		return undefined;
	}

	for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
		const marker = bytes[at + 1] ?? 0;
		// The start of a frame, whichever way it is coded; C4, C8 and CC are something else.
		if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
			return {width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5)};
		}

		at += 2 + bytes.readUInt16BE(at + 2);
	}

	return undefined;
}

function readWebp(bytes: Buffer): Size | undefined {
	if (bytes.length < 30 || bytes.toString('latin1', 8, 12) !== 'WEBP') {
		return undefined;
	}

	switch (bytes.toString('latin1', 12, 16)) {
		case 'VP8X':
			return {width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1};
		case 'VP8L': {
			const bits = bytes.readUInt32LE(21);
			return {width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1};
		}

		case 'VP8 ':
			return {width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff};
		default:
			return undefined;
	}
}
