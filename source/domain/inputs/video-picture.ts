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

/** The largest even size within a box of pixels and a number of them, of a video of this size. */
export function fitClip(
	video: {width: number; height: number},
	box: {width: number; height: number},
	pixels: number,
): {width: number; height: number} {
	const scale = Math.min(
		box.width / video.width,
		box.height / video.height,
		Math.sqrt(pixels / (video.width * video.height)),
	);
	const even = (length: number) => 2 * Math.max(1, Math.round((length * scale) / 2));
	return {width: even(video.width), height: even(video.height)};
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
	if (from && to.width === width && to.height === height) {
		return from;
	}

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

/** Two frames of the same size, in rows: left of the border the first, right of it the second. */
export function wipedFrame(
	first: Uint8Array,
	second: Uint8Array,
	width: number,
	/** From 0, all of the second, to 1, all of the first. */
	border: number,
): Uint8Array {
	const result = new Uint8Array(second);
	const left = Math.round(border * width);
	for (let row = 0; row < result.length; row += width * 3) {
		result.set(first.subarray(row, row + left * 3), row);
		if (left > 0 && left < width) {
			result.fill(255, row + left * 3, row + (left + 1) * 3);
		}
	}

	return result;
}

/** How much two frames of the same size differ in each colour, times `gain`, at most 255. */
export function frameDifference(first: Uint8Array, second: Uint8Array, gain: number): Uint8Array {
	return first.map((value, at) => Math.min(255, Math.abs(value - (second[at] ?? 0)) * gain));
}
