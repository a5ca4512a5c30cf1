import {aspects} from './fields.js';

/** Width and height of each tier, in the order of `aspects`. */
const table: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
	256: [
		[256, 256],
		[320, 256],
		[256, 320],
		[320, 192],
		[192, 320],
	],
	480: [
		[640, 640],
		[736, 544],
		[544, 736],
		[832, 480],
		[480, 832],
	],
	704: [
		[960, 960],
		[1088, 832],
		[832, 1088],
		[1280, 704],
		[704, 1280],
	],
	720: [
		[960, 960],
		[1104, 832],
		[832, 1104],
		[1280, 720],
		[720, 1280],
	],
	768: [
		[1024, 1024],
		[1184, 880],
		[880, 1184],
		[1360, 768],
		[768, 1360],
	],
};

export function sizeOf(resolution: string, aspect: string): {width: number; height: number} {
	const [width = 0, height = 0] = table[resolution]?.[aspects.indexOf(aspect as '1,1')] ?? [];
	return {width, height};
}

/** The nearest of the five aspects. */
export function nearestAspect(width: number, height: number): string {
	const off = (aspect: string) => {
		const [x = 1, y = 1] = aspect.split(',').map(Number);
		return (x / y - width / height) ** 2;
	};
	// The order decides between two that are equally near.
	const ordered = ['16,9', '4,3', '1,1', '3,4', '9,16'];
	return ordered.reduce((best, aspect) => (off(aspect) < off(best) ? aspect : best));
}

/** A length that the model can make: 4n+1. */
export function roundFrames(frames: number): number {
	return Math.ceil((frames - 1) / 4) * 4 + 1;
}

/** The most frames that are advised for a tier, and the fewest of any. */
export const advisedFrames = {
	least: 24,
	most: {256: 400, 480: 300, 704: 200, 720: 200, 768: 200} as Readonly<Record<string, number>>,
};
