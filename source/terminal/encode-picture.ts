import {deflateSync} from 'node:zlib';
import {image2sixel} from 'sixel';
import {scaledFrame} from '../domain/inputs/video-picture.js';

/** Enough for a picture so small; each costs bytes. */
const mostColours = 64;

/** A frame of a video for the terminal. Sizes in pixels. */
export type EncodeTask = {
	kind: 'kitty' | 'sixel';
	/** Rows of red, green, blue bytes. */
	frame: Uint8Array;
	width: number;
	height: number;
	/** The size that it gets. */
	to: {width: number; height: number};
	/** What is seen of it then: from this row on, so many. */
	top: number;
	seen: number;
	/** Colours that the terminal has. */
	colours?: number;
};

export type EncodedPicture = {
	/** A whole sixel sequence, or for kitty base64 of deflated red, green, blue bytes. */
	code: string;
	width: number;
	height: number;
};

/** Takes up to a tenth of a second. */
export function encodePicture(task: EncodeTask): EncodedPicture {
	const {to, top, seen} = task;
	const whole = scaledFrame({...task, frames: [task.frame]}, 0, to);
	const pixels = whole.subarray(top * to.width * 3, (top + seen) * to.width * 3);
	const size = {width: to.width, height: seen};
	if (task.kind === 'kitty') {
		return {code: deflateSync(pixels).toString('base64'), ...size};
	}

	const colours = Math.min(task.colours ?? mostColours, mostColours);
	return {code: image2sixel(withAlpha(pixels), size.width, size.height, colours, 1), ...size};
}

function withAlpha(pixels: Uint8Array): Uint8Array {
	const result = new Uint8Array((pixels.length / 3) * 4).fill(255);
	for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
		result.set(pixels.subarray(from, from + 3), to);
	}

	return result;
}
