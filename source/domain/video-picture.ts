/** A few frames of a video, evenly spread over its length, as rows of red, green, blue bytes. */
export type VideoPicture = {
	/** Pixels. */
	width: number;
	height: number;
	/** At least one; `width * height * 3` bytes each. */
	frames: readonly Uint8Array[];
};

/** Pictures are made no larger than this; a half block of the terminal shows two pixels. */
export const largestPicture = {width: 128, height: 72} as const;
const mostFrames = 12;

/** The size in pixels that a video of this size gets, with its proportions kept. */
export function pictureSize(video: {width: number; height: number}) {
	const scale = Math.min(
		1,
		largestPicture.width / video.width,
		largestPicture.height / video.height,
	);
	return {
		width: Math.max(1, Math.round(video.width * scale)),
		height: Math.max(1, Math.round(video.height * scale)),
	};
}

/** Numbers of the frames that a picture takes of a video with `count` frames, the first is 0. */
export function pictureFrames(count: number): number[] {
	const taken = Math.min(count, mostFrames);
	return Array.from({length: taken}, (_, index) => Math.floor(((index + 0.5) * count) / taken));
}

/** Frames cut out of raw bytes; a part of one at the end is left out. */
export function pictureOf(
	bytes: Uint8Array,
	{width, height}: {width: number; height: number},
): VideoPicture {
	const size = width * height * 3;
	const count = Math.floor(bytes.length / size);
	return {
		width,
		height,
		frames: Array.from({length: count}, (_, index) =>
			bytes.subarray(index * size, (index + 1) * size),
		),
	};
}

/** One frame brought to another size: each pixel is the mean of those it covers, or the nearest. */
export function scaledFrame(
	{width, height, frames}: VideoPicture,
	frame: number,
	to: {width: number; height: number},
): Uint8Array {
	const from = frames[frame];
	const result = new Uint8Array(to.width * to.height * 3);
	if (!from) {
		return result;
	}

	for (let y = 0; y < to.height; y++) {
		const [top, bottom] = covered(y, to.height, height);
		for (let x = 0; x < to.width; x++) {
			const [left, right] = covered(x, to.width, width);
			for (let colour = 0; colour < 3; colour++) {
				let sum = 0;
				for (let row = top; row < bottom; row++) {
					for (let column = left; column < right; column++) {
						sum += from[(row * width + column) * 3 + colour] ?? 0;
					}
				}

				result[(y * to.width + x) * 3 + colour] = sum / ((bottom - top) * (right - left));
			}
		}
	}

	return result;
}

/** The pixels, of `from`, below pixel `index` of `to`: at least one. */
function covered(index: number, to: number, from: number): readonly [number, number] {
	const first = Math.floor((index * from) / to);
	return [first, Math.max(first + 1, Math.floor(((index + 1) * from) / to))];
}
