import {type Canvas, type Color, rgb} from './canvas.js';

/** What a picture shows of the scene: its colours, its distances, or what each thing is. */
export type View = 'color' | 'depth' | 'seg';

/** Where and when to paint. */
export type Pen = {canvas: Canvas; view: View; seconds: number};

export type Paint = (pen: Pen) => void;

/** The backdrop stands still and is painted once; the layers go from far to near. */
export type Scene = {backdrop: Paint; layers: readonly Paint[]};

const partColors = {
	sky: rgb(70, 130, 180),
	building: rgb(150, 110, 190),
	road: rgb(128, 64, 128),
	vehicle: rgb(30, 60, 220),
	pole: rgb(230, 190, 60),
	sand: rgb(220, 170, 90),
	rock: rgb(170, 80, 60),
	plant: rgb(60, 160, 70),
	water: rgb(40, 190, 200),
	mountain: rgb(140, 140, 150),
};

/** What a thing is, for the segmentation. */
export type Part = keyof typeof partColors;

/**
 * The colour of a thing in a view.
 * @param distance 0 is at the camera, 1 is the sky
 */
export function tone(view: View, color: Color, part: Part, distance: number): Color {
	if (view === 'color') {
		return color;
	}

	const near = Math.round(255 * (1 - distance));
	return view === 'depth' ? rgb(near, near, near) : partColors[part];
}

/** How far the camera has gone along the scene, in picture heights; far things pass slowly. */
function travelled(seconds: number, distance: number): number {
	return seconds * 0.16 * (1 - distance) ** 1.5;
}

/**
 * Paints what is below a line, column by column.
 * @param top the line's height at a place of the scene, as a share of the picture's height from above
 * @param shade the colour at a place and a depth below the line (a share of the height)
 */
export function paintBelow(
	pen: Pen,
	layer: {
		part: Part;
		distance: number;
		bottom?: number;
		top: (place: number) => number;
		shade: (place: number, below: number) => Color;
	},
): void {
	const {canvas, view} = pen;
	const {width, height, pixels} = canvas;
	const start = travelled(pen.seconds, layer.distance);
	const bottom = Math.round((layer.bottom ?? 1) * height);
	for (let x = 0; x < width; x++) {
		const place = start + x / height;
		const top = Math.max(0, Math.round(layer.top(place) * height));
		for (let y = top; y < bottom; y++) {
			pixels[y * width + x] =
				view === 'color'
					? layer.shade(place, (y - top) / height)
					: tone(view, 0, layer.part, layer.distance);
		}
	}
}

/**
 * Calls for every thing of a row of things that the picture shows.
 * @param spacing how far apart they stand, in picture heights
 * @param each the thing's number and the column where its place begins
 */
export function alongRow(
	pen: Pen,
	distance: number,
	spacing: number,
	each: (index: number, left: number) => void,
): void {
	const {width, height} = pen.canvas;
	const start = travelled(pen.seconds, distance);
	const last = Math.ceil((start + width / height) / spacing);
	for (let index = Math.floor(start / spacing) - 1; index <= last; index++) {
		each(index, (index * spacing - start) * height);
	}
}

/**
 * Mirrors what is above a line into the water or the wet street below it.
 * @param surface the colour of the surface itself
 * @param strength how much of the mirrored picture shows, 0 to 1
 */
export function paintMirror(
	pen: Pen,
	horizon: number,
	part: Part,
	surface: Color,
	strength: number,
	blend: (from: Color, to: Color, share: number) => Color,
): void {
	const {width, height, pixels} = pen.canvas;
	const line = Math.round(horizon * height);
	for (let y = line; y < height; y++) {
		const below = (y - line) / (height - line);
		const source = Math.max(0, line - 1 - Math.round((y - line) * 1.4));
		const sway = Math.sin(y * 0.9 + pen.seconds * 4) * (1 + below * 3);
		for (let x = 0; x < width; x++) {
			const from = Math.min(width - 1, Math.max(0, Math.round(x + sway)));
			pixels[y * width + x] =
				pen.view === 'color'
					? blend(surface, pixels[source * width + from] ?? 0, strength * (1 - below * 0.7))
					: tone(pen.view, 0, part, 0.5 * (1 - below));
		}
	}
}
