import type {EncodedPicture} from './encode-picture.js';

/** Where a picture is seen on the screen, in cells from 0. */
export type Place = {x: number; y: number; columns: number; rows: number};

/**
 * The sequences of a protocol. None of them saves or restores the cursor.
 * `slot` numbers the pictures of a screen from 0.
 */
export type Drawer = {
	draw: (picture: EncodedPicture, place: Place, slot: number) => string;
	/** When something has been written over a picture that is drawn. */
	drawAgain: (picture: EncodedPicture, place: Place, slot: number) => string;
	/** Leaves blank cells. */
	erase: (place: Place, slot: number) => string;
	/** When the screen is blanked: what that leaves. */
	forget: (slot: number) => string;
};

/** Moves the cursor to a cell. */
export const moveTo = (x: number, y: number) => `\u001b[${y + 1};${x + 1}H`;
