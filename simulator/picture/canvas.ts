/** 0xAABBGGRR: in memory the bytes are red, green, blue, alpha. */
export type Color = number;

export type Canvas = {
	readonly width: number;
	readonly height: number;
	readonly pixels: Uint32Array<ArrayBuffer>;
};

export function createCanvas(width: number, height: number): Canvas {
	return {width, height, pixels: new Uint32Array(width * height).fill(rgb(0, 0, 0))};
}

export function rgb(red: number, green: number, blue: number): Color {
	return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A colour between two: `share` 0 is the first, 1 the second. */
export function mix(from: Color, to: Color, share: number): Color {
	const part = Math.round(share * 256);
	const channel = (shift: number) =>
		(((from >>> shift) & 0xff) * (256 - part) + ((to >>> shift) & 0xff) * part) >> 8;
	return rgb(channel(0), channel(8), channel(16));
}
