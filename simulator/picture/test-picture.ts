import {pick} from '../random.js';
import {type Canvas, type Color, createCanvas, mix, rgb} from './canvas.js';

/** What a video shows: a result, or one of the controls that a model computes from its input. */
export type Picture = 'color' | 'edge' | 'vis' | 'depth' | 'seg' | 'keypoint';

/** The picture after some seconds. The canvas is only valid until the next call. */
export type Painter = (seconds: number) => Canvas;

type Disc = {x: number; y: number; radius: number; color: Color};

const discCount = 6;
const [black, white] = [rgb(0, 0, 0), rgb(255, 255, 255)];

/** Paints a test picture: discs of the seed's sizes, colours and speeds before a gradient. */
export function createTestPicture(
	seed: number,
	picture: Picture,
	width: number,
	height: number,
): Painter {
	const canvas = createCanvas(width, height);
	const plain = picture !== 'color' && picture !== 'vis';
	const [low, high] = plain ? [black, black] : [colorOf(seed, 90), colorOf(seed, 91)];
	return seconds => {
		for (let y = 0; y < height; y++) {
			canvas.pixels.fill(mix(high, low, y / height), y * width, (y + 1) * width);
		}

		for (let index = 0; index < discCount; index++) {
			paintDisc(canvas, discAt(seed, index, seconds, canvas), picture, (index + 1) / discCount);
		}

		return canvas;
	};
}

function discAt(seed: number, index: number, seconds: number, {width, height}: Canvas): Disc {
	const number = (which: number) => pick(seed, index * 10 + which);
	const radius = height * (0.08 + 0.14 * number(0));
	const place = (number(1) + seconds * (0.05 + 0.15 * number(2))) % 1;
	return {
		radius,
		// From outside one side to outside the other.
		x: place * (width + 2 * radius) - radius,
		y: height * (0.15 + 0.6 * number(3) + 0.08 * Math.sin(seconds * 2 + index)),
		color: colorOf(seed, index),
	};
}

function colorOf(seed: number, which: number): Color {
	const channel = (part: number) => Math.round(40 + 200 * pick(seed, 1000 + which * 3 + part));
	return rgb(channel(0), channel(1), channel(2));
}

/** @param nearness 0 is far away, 1 is at the camera */
function paintDisc(
	{width, height, pixels}: Canvas,
	{x, y, radius, color}: Disc,
	picture: Picture,
	nearness: number,
): void {
	const size = picture === 'vis' ? radius * 1.5 : picture === 'keypoint' ? radius * 0.3 : radius;
	const bottom = Math.min(height - 1, y + size);
	for (let row = Math.max(0, Math.ceil(y - size)); row <= bottom; row++) {
		const half = Math.sqrt(size ** 2 - (row - y) ** 2);
		const right = Math.min(width - 1, x + half);
		for (let column = Math.max(0, Math.ceil(x - half)); column <= right; column++) {
			const at = row * width + column;
			// 0 in the middle, 1 at the edge.
			const outward = Math.sqrt((column - x) ** 2 + (row - y) ** 2) / size;
			pixels[at] =
				picture === 'color'
					? mix(color, black, outward * 0.5)
					: picture === 'vis'
						? mix(color, pixels[at] ?? black, outward)
						: picture === 'depth'
							? mix(black, white, nearness)
							: picture === 'edge'
								? outward > 1 - 1.5 / size
									? white
									: black
								: color;
		}
	}
}
