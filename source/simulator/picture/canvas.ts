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
	const part = Math.min(256, Math.max(0, Math.round(share * 256)));
	const red = (from & 0xff) * (256 - part) + (to & 0xff) * part;
	const green = ((from >>> 8) & 0xff) * (256 - part) + ((to >>> 8) & 0xff) * part;
	const blue = ((from >>> 16) & 0xff) * (256 - part) + ((to >>> 16) & 0xff) * part;
	return rgb(red >> 8, green >> 8, blue >> 8);
}

/** Brightness as the eye sees it, 0 to 255. */
export function brightness(color: Color): number {
	return ((color & 0xff) * 77 + ((color >>> 8) & 0xff) * 150 + ((color >>> 16) & 0xff) * 29) >> 8;
}

/** Fills a rectangle; what lies outside the canvas is left out. */
export function fillRect(
	canvas: Canvas,
	left: number,
	top: number,
	width: number,
	height: number,
	color: Color,
): void {
	const from = Math.max(0, Math.round(left));
	const to = Math.min(canvas.width, Math.round(left + width));
	if (from >= to) {
		return;
	}

	const bottom = Math.min(canvas.height, Math.round(top + height));
	for (let y = Math.max(0, Math.round(top)); y < bottom; y++) {
		canvas.pixels.fill(color, y * canvas.width + from, y * canvas.width + to);
	}
}

/** A light: full colour in the core, fading to nothing at the radius. */
export function paintGlow(
	canvas: Canvas,
	centerX: number,
	centerY: number,
	radius: number,
	color: Color,
	strength = 1,
	core = 0,
): void {
	const fromY = Math.max(0, Math.floor(centerY - radius));
	const toY = Math.min(canvas.height - 1, Math.ceil(centerY + radius));
	const fromX = Math.max(0, Math.floor(centerX - radius));
	const toX = Math.min(canvas.width - 1, Math.ceil(centerX + radius));
	for (let y = fromY; y <= toY; y++) {
		for (let x = fromX; x <= toX; x++) {
			const distance = Math.hypot(x - centerX, y - centerY);
			if (distance < radius) {
				const fade = distance <= core ? 1 : 1 - (distance - core) / (radius - core);
				const at = y * canvas.width + x;
				canvas.pixels[at] = mix(canvas.pixels[at] ?? 0, color, strength * fade * fade);
			}
		}
	}
}
