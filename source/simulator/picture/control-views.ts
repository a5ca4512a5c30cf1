import {brightness, type Canvas, createCanvas, fillRect, rgb} from './canvas.js';

/** The outlines of a picture, white on black. */
export function outlines(source: Canvas): Canvas {
	const {width, height, pixels} = source;
	const result = createCanvas(width, height);
	const light = Uint8Array.from(pixels, brightness);
	const at = (index: number) => light[index] ?? 0;
	for (let y = 1; y < height - 1; y++) {
		for (let x = 1; x < width - 1; x++) {
			const here = y * width + x;
			const across = at(here + 1) - at(here - 1);
			const down = at(here + width) - at(here - width);
			if (Math.abs(across) + Math.abs(down) > 44) {
				result.pixels[here] = rgb(255, 255, 255);
			}
		}
	}

	return result;
}

/** The picture with everything smaller than `size` pixels washed out. */
export function blurred(source: Canvas, size: number): Canvas {
	return blurredAlong(blurredAlong(source, size, 'across'), size, 'down');
}

function blurredAlong(source: Canvas, size: number, direction: 'across' | 'down'): Canvas {
	const {width, height, pixels} = source;
	const result = createCanvas(width, height);
	const [lines, length, step, stride] =
		direction === 'across' ? [height, width, 1, width] : [width, height, width, 1];
	for (let line = 0; line < lines; line++) {
		const start = line * stride;
		let [red, green, blue, count] = [0, 0, 0, 0];
		const take = (place: number, sign: number) => {
			if (place >= 0 && place < length) {
				const color = pixels[start + place * step] ?? 0;
				red += sign * (color & 0xff);
				green += sign * ((color >>> 8) & 0xff);
				blue += sign * ((color >>> 16) & 0xff);
				count += sign;
			}
		};
		for (let place = 0; place < size; place++) {
			take(place, 1);
		}

		for (let place = 0; place < length; place++) {
			take(place + size, 1);
			result.pixels[start + place * step] = rgb(
				Math.floor(red / count),
				Math.floor(green / count),
				Math.floor(blue / count),
			);
			take(place - size, -1);
		}
	}

	return result;
}

/** A walking figure of lines on black, as pose detectors draw it. */
export function walkingFigure(width: number, height: number, seconds: number): Canvas {
	const canvas = createCanvas(width, height);
	const size = height * 0.55;
	const x = width * (0.25 + 0.5 * ((seconds * 0.12) % 1));
	const y = height * 0.25;
	const swing = Math.sin(seconds * 5);
	const limb = (from: [number, number], to: [number, number], color: number) => {
		const thick = Math.max(2, height / 60);
		const dots = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) * size);
		for (let dot = 0; dot <= dots; dot++) {
			const share = dot / Math.max(1, dots);
			const left = x + (from[0] + (to[0] - from[0]) * share) * size;
			const top = y + (from[1] + (to[1] - from[1]) * share) * size;
			fillRect(canvas, left, top, thick, thick, color);
		}
	};
	limb([0, 0], [0, 0.16], rgb(255, 0, 170));
	limb([0, 0.16], [0, 0.55], rgb(255, 90, 0));
	for (const [side, color] of [
		[1, rgb(0, 200, 90)],
		[-1, rgb(0, 110, 255)],
	] as const) {
		const lean = swing * side;
		limb([0, 0.18], [0.14 * lean, 0.36], color);
		limb([0.14 * lean, 0.36], [0.24 * lean + 0.05, 0.5], color);
		limb([0, 0.55], [-0.16 * lean, 0.78], color);
		limb([-0.16 * lean, 0.78], [-0.26 * lean - 0.03, 1], color);
	}

	return canvas;
}
