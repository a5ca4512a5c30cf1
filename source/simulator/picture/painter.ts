import {type Canvas, createCanvas, mix, rgb} from './canvas.js';
import {blurred, outlines, walkingFigure} from './control-views.js';
import {drawText, glyphHeight, textWidth} from './font.js';
import type {Scene, View} from './pen.js';

/** What a video shows: the scene itself, or one of the controls that a model computes from it. */
export type Picture = View | 'edge' | 'vis' | 'keypoint';

/** Paints the scene as it is after some seconds. The canvas is only valid until the next call. */
export type Painter = (seconds: number) => Canvas;

function sceneView(scene: Scene, view: View, width: number, height: number): Painter {
	const canvas = createCanvas(width, height);
	const backdrop = createCanvas(width, height);
	scene.backdrop({canvas: backdrop, view, seconds: 0});
	return seconds => {
		canvas.pixels.set(backdrop.pixels);
		for (const layer of scene.layers) {
			layer({canvas, view, seconds});
		}

		return canvas;
	};
}

/** A painter of one kind of picture of a scene, width and height in pixels. */
export function createPainter(
	scene: Scene,
	picture: Picture,
	width: number,
	height: number,
): Painter {
	if (picture === 'keypoint') {
		return seconds => walkingFigure(width, height, seconds);
	}

	if (picture === 'edge' || picture === 'vis') {
		const paint = sceneView(scene, 'color', width, height);
		return picture === 'edge'
			? seconds => outlines(paint(seconds))
			: seconds => blurred(paint(seconds), Math.max(2, Math.round(height / 36)));
	}

	return sceneView(scene, picture, width, height);
}

/**
 * Marks a frame at its lower edge: a dark band with a word at the left and, where there is room,
 * another at the right.
 */
export function drawBand(canvas: Canvas, word: string, right: string): void {
	const {width, height, pixels} = canvas;
	const scale = Math.max(1, Math.round(Math.min(width / 300, height / 120)));
	const margin = 2 * scale;
	const top = Math.max(0, height - glyphHeight * scale - 2 * margin);
	for (let at = top * width; at < pixels.length; at++) {
		pixels[at] = mix(pixels[at] ?? 0, rgb(0, 0, 0), 0.72);
	}

	const left = 2 * margin;
	drawText(canvas, word, left, top + margin, scale, rgb(255, 200, 60));
	const rightStart = width - left - textWidth(right, scale);
	if (rightStart > left + textWidth(word, scale) + 4 * scale) {
		drawText(canvas, right, rightStart, top + margin, scale, rgb(200, 200, 200));
	}
}
