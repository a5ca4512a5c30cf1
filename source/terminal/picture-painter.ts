import type {Graphics} from '../domain/graphics.js';
import type {PlacedPicture} from '../screens/pictures/placed-pictures.js';
import type {Drawer, Place} from './drawer.js';
import type {EncodedPicture, EncodeTask} from './encode-picture.js';
import {kittyDrawer} from './kitty.js';
import {sixelDrawer, sixelHeight} from './sixel.js';

const [saveCursor, restoreCursor] = ['\u001b7', '\u001b8'];

export type PicturePainter = {
	/** Something has been written into these rows; undefined: anywhere. */
	touched: (rows: ReadonlySet<number> | undefined) => void;
	/** What is to be written before the frame is: pictures that are not wanted any more go. */
	before: () => string;
	/** What is to be written after the frame: pictures that are wanted and not there. */
	after: () => string;
	/** The screen is blanked: gives what that does not remove. */
	forget: () => string;
};

export type PainterParts = {
	graphics: Graphics;
	/** The pictures that the screen is to have now. */
	wanted: () => readonly PlacedPicture[];
	encode: (task: EncodeTask) => Promise<EncodedPicture>;
	/** There is something to draw that was not ready before. */
	onReady: () => void;
	onFailure: () => void;
};

type Drawn = {picture: EncodedPicture; place: Place; untouched: boolean};

/** Keeps the terminal's pictures as the screen wants them. */
export function createPicturePainter(parts: PainterParts): PicturePainter {
	const {graphics, wanted, encode, onReady, onFailure} = parts;
	const drawer: Drawer = graphics.kind === 'kitty' ? kittyDrawer : sixelDrawer;
	/** By slot. */
	let drawn: ReadonlyArray<Drawn | undefined> = [];
	/** By the bytes of a frame, as it was last asked for. */
	const encoded = new WeakMap<Uint8Array, {key: string; picture?: EncodedPicture}>();

	/** Frames that are being encoded: while a video plays, no more than there are pictures. */
	let encoding = 0;

	const encodedOf = (placed: PlacedPicture, most: number): EncodedPicture | undefined => {
		const task = taskOf(placed, graphics);
		const {frame, ...sizes} = task;
		const key = JSON.stringify(sizes);
		const known = encoded.get(frame);
		if (known?.key === key) {
			return known.picture;
		}

		if (encoding >= most) {
			return undefined;
		}

		encoding++;
		encoded.set(frame, {key});
		encode(task).then(picture => {
			encoding--;
			if (encoded.get(frame)?.key === key) {
				encoded.set(frame, {key, picture});
			}

			onReady();
		}, onFailure);
		return undefined;
	};

	return {
		touched(rows) {
			drawn = drawn.map(
				one => one && {...one, untouched: one.untouched && misses(one.place, rows)},
			);
		},
		before() {
			const places = wanted().map(placeOf);
			const stays = (one: Drawn, slot: number) => isSame(one.place, places[slot]);
			const gone = drawn.map((one, slot) =>
				one && !stays(one, slot) ? drawer.erase(one.place, slot) : '',
			);
			drawn = drawn.map((one, slot) => (one && stays(one, slot) ? one : undefined));
			return keepCursor(gone.join(''));
		},
		after() {
			let text = '';
			const pictures = wanted();
			drawn = pictures.map((placed, slot) => {
				const [one, place] = [drawn[slot], placeOf(placed)];
				const picture = encodedOf(placed, pictures.length);
				if (!picture) {
					return one;
				}

				if (one?.picture !== picture) {
					text += drawer.draw(picture, place, slot);
				} else if (!one.untouched) {
					text += drawer.drawAgain(picture, place, slot);
				}

				return {picture, place, untouched: true};
			});
			return keepCursor(text);
		},
		forget() {
			const gone = drawn.map((one, slot) => (one ? drawer.forget(slot) : ''));
			drawn = [];
			return gone.join('');
		},
	};
}

const keepCursor = (text: string) => text && saveCursor + text + restoreCursor;

const placeOf = ({x, y, columns, seenRows}: PlacedPicture): Place => ({
	x,
	y,
	columns,
	rows: seenRows,
});

const isSame = (one: Place, two: Place | undefined) =>
	one.x === two?.x && one.y === two.y && one.columns === two.columns && one.rows === two.rows;

function misses({y, rows}: Place, touched: ReadonlySet<number> | undefined): boolean {
	return (
		touched !== undefined && !Array.from({length: rows}).some((_, row) => touched.has(y + row))
	);
}

function taskOf(placed: PlacedPicture, {kind, cell, colours}: Graphics): EncodeTask {
	const {picture, columns, rows, firstRow, seenRows} = placed;
	const {width, height} = picture;
	const frame = picture.frames[placed.frame] ?? new Uint8Array(width * height * 3);
	const all = {width: columns * (cell?.width ?? 1), height: rows * (cell?.height ?? 1)};
	// Kitty's terminals make a picture larger by themselves.
	const to =
		kind === 'kitty'
			? {width: Math.min(all.width, width), height: Math.min(all.height, height)}
			: all;
	const top = Math.round((firstRow * to.height) / rows);
	const most = Math.max(1, Math.round((seenRows * to.height) / rows));
	// A row of sixels that is not full might reach into the cells below.
	const seen = kind === 'kitty' ? most : most - (most % sixelHeight);
	return {kind, frame, width, height, to, top, seen: Math.min(seen, to.height - top), colours};
}
