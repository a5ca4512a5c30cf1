/** Sizes and lengths of Cosmos 3's results, by the arithmetic of NVIDIA/cosmos-framework (August 2026). */

export const aspectRatios = ['16:9', '9:16', '1:1', '4:3', '3:4'] as const;
export type AspectRatio = (typeof aspectRatios)[number];

export const resolutions = ['256', '480', '704', '720', '768'] as const;
export type Resolution = (typeof resolutions)[number];

/** Width and height of each resolution, in the order of the ratios. */
const sizes: Readonly<Record<Resolution, readonly [string, string, string, string, string]>> = {
	256: ['320\u00d7192', '192\u00d7320', '256\u00d7256', '320\u00d7256', '256\u00d7320'],
	480: ['832\u00d7480', '480\u00d7832', '640\u00d7640', '736\u00d7544', '544\u00d7736'],
	704: ['1280\u00d7704', '704\u00d71280', '960\u00d7960', '1088\u00d7832', '832\u00d71088'],
	720: ['1280\u00d7720', '720\u00d71280', '960\u00d7960', '1104\u00d7832', '832\u00d71104'],
	768: ['1360\u00d7768', '768\u00d71360', '1024\u00d71024', '1184\u00d7880', '880\u00d71184'],
};

/** `1280x720` with the sign for times; empty for what is no size. */
export function sizeOf(resolution: unknown, ratio: unknown): string {
	const at = aspectRatios.indexOf(ratio as AspectRatio);
	return sizes[resolution as Resolution]?.[at] ?? '';
}

/** Width and height of what is made. @throws Error for what is no size */
export function shapeOf(resolution: unknown, ratio: unknown): {width: number; height: number} {
	const [width, height] = sizeOf(resolution, ratio).split('\u00d7').map(Number);
	if (!width || !height) {
		throw new Error(`no size of ${resolution} and ${ratio}`);
	}

	return {width, height};
}

/** The ratio that NVIDIA chooses for a picture: the nearest one by width over height. */
export function nearestRatio({width, height}: {width: number; height: number}): AspectRatio {
	const ratio = width / height;
	const distance = (one: AspectRatio) => {
		const [w = 1, h = 1] = one.split(':').map(Number);
		return Math.abs(w / h - ratio);
	};

	return aspectRatios.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

/** Frames come in groups of four after the first: 190 become 193. */
export function wholeFrames(frames: number): number {
	return 4 * Math.ceil((frames - 1) / 4) + 1;
}

/** Frames that the model works on at once, for that many of which the last ones begin the next chunk. */
export function countChunks(frames: number, chunk: number, overlap: number): number {
	const size = wholeFrames(chunk);
	return frames <= size ? 1 : 1 + Math.ceil((frames - size) / Math.max(1, size - overlap));
}
