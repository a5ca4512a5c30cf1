/** A few frames of a video, evenly spread over its length, as rows of red, green, blue bytes. */
export type VideoPicture = {
	/** Pixels. */
	width: number;
	height: number;
	/** At least one; `width * height * 3` bytes each. */
	frames: readonly Uint8Array[];
};

/**
 * Pixels that a picture has at most: of half blocks, each of which shows two, or of one that the
 * terminal draws by itself.
 */
const largest = {blocks: {width: 128, height: 72}, drawn: {width: 320, height: 180}} as const;
export type Fineness = keyof typeof largest;
const mostFrames = 12;

/** The size in pixels that a video, or a picture, of this size gets, with its proportions kept. */
export function pictureSize(
	video: {width: number; height: number},
	fineness: Fineness = 'blocks',
): {width: number; height: number} {
	const {width, height} = largest[fineness];
	const scale = Math.min(1, width / video.width, height / video.height);
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

/** One frame scaled to another size: each pixel is the mean of those it covers, or the nearest. */
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
