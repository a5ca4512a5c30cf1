/** Paints pictures into rows of the screen, as the terminal can. */
import {pictureSize, scaledFrame, type VideoPicture} from '../../domain/inputs/video-picture.js';
import {drawnSpan, type Line, type Pixels, pixelSpan} from '../../state/content/line.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {coloursOf, isDrawn} from './shown-videos.js';

/** Columns between pictures. */
export const gap = 2;

/** What pictures may take; `enlarge`: also with more pixels than they have. */
export type Room = {width: number; rows: number; enlarge: boolean};

/**
 * A picture and what is below it; as large, in cells, as the picture will be when it comes, so that
 * nothing moves then.
 */
export type Tile = {
	/** As many as the other tiles beside it have, and as wide as the picture. */
	labels: readonly Line[];
	width: number;
	/** Rows. */
	height: number;
	rows: readonly Line[];
};

/** The largest size within columns and rows, each row two pixels high, of a picture or a video. */
export function fitted(of: {width: number; height: number}, room: Room) {
	const size = pictureSize(of);
	const largest = room.enlarge ? Number.POSITIVE_INFINITY : 1;
	const scale = Math.min(largest, room.width / size.width, (2 * room.rows) / size.height);
	return {
		width: Math.max(1, Math.floor(size.width * scale)),
		height: 2 * Math.max(1, Math.round((size.height * scale) / 2)),
	};
}

/** None where the terminal draws pictures itself, but not now, and has too few colours for half blocks. */
export function pictureRows(
	state: DashboardState,
	picture: VideoPicture,
	frame: number,
	size: {width: number; height: number},
): Line[] {
	const colours = coloursOf(state);
	if (isDrawn(state)) {
		const [columns, rows] = [size.width, size.height / 2];
		return Array.from(
			{length: rows},
			(_, row): Line => [drawnSpan({picture, frame, columns, rows, row})],
		);
	}

	return colours ? halfBlockRows(picture, frame, size, colours) : [];
}

function halfBlockRows(
	picture: VideoPicture,
	frame: number,
	size: {width: number; height: number},
	colours: Pixels['colours'],
): Line[] {
	const pixels = scaledOnce(picture, frame, size);
	const pixelRow = (y: number) => pixels.subarray(y * size.width * 3, (y + 1) * size.width * 3);
	return Array.from(
		{length: size.height / 2},
		(_, row): Line => [
			pixelSpan({upper: pixelRow(2 * row), lower: pixelRow(2 * row + 1), colours}),
		],
	);
}

const scaled = new WeakMap<Uint8Array, {size: string; pixels: Uint8Array}>();

/** A frame is asked for several times while it stands on the screen. */
function scaledOnce(
	picture: VideoPicture,
	frame: number,
	{width, height}: {width: number; height: number},
): Uint8Array {
	const size = `${width}×${height}`;
	const key = picture.frames[frame];
	const known = key && scaled.get(key);
	const pixels = known?.size === size ? known.pixels : scaledFrame(picture, frame, {width, height});
	if (key) {
		scaled.set(key, {size, pixels});
	}

	return pixels;
}

/** Pictures beside each other, with their labels below. */
export function sideBySide(tiles: readonly Tile[]): Line[] {
	const height = Math.max(...tiles.map(tile => tile.height));
	const between = (index: number) => (index === 0 ? '' : ' '.repeat(gap));
	const rows = Array.from(
		{length: height},
		(_, row): Line =>
			tiles.flatMap((tile, index) => [
				between(index),
				...(tile.rows[row] ?? [' '.repeat(tile.width)]),
			]),
	);
	const labels = (tiles[0]?.labels ?? []).map(
		(_, row): Line =>
			tiles.flatMap((tile, index) => [
				between(index),
				...(tile.labels[row] ?? [' '.repeat(tile.width)]),
			]),
	);
	return [...rows, ...labels];
}
