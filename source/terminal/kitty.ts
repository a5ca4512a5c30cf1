// https://sw.kovidgoyal.net/kitty/graphics-protocol/
import {type Drawer, moveTo, type Place} from './drawer.js';

/** Bytes of base64 in one sequence, at most. */
const chunkSize = 4096;
/** Other programs in the same window have numbers of their own. */
const firstId = (process.pid % 2 ** 22) * 256;

const idOf = (slot: number) => `i=${firstId + slot + 1},p=1`;

/** The terminal scales the picture to its cells, and says nothing to it; the cursor stays. */
const fitted = ({columns, rows}: Place) => `c=${columns},r=${rows},C=1,q=2`;

const command = (keys: string, data = '') => `\u001b_G${keys}${data && `;${data}`}\u001b\\`;

const remove = (slot: number) => command(`a=d,d=I,${idOf(slot)},q=2`);

/** A slot has one image: a new one takes the place of the one before. */
export const kittyDrawer: Drawer = {
	draw({code, width, height}, place, slot) {
		const chunks = code.match(new RegExp(`.{1,${chunkSize}}`, 'g')) ?? [];
		const format = `f=24,o=z,s=${width},v=${height}`;
		const sent = chunks.map((chunk, index) => {
			const more = `m=${index < chunks.length - 1 ? 1 : 0}`;
			const keys =
				index > 0 ? `q=2,${more}` : `a=T,${idOf(slot)},${format},${fitted(place)},${more}`;
			return command(keys, chunk);
		});
		return moveTo(place.x, place.y) + sent.join('');
	},
	drawAgain: (_picture, place, slot) =>
		moveTo(place.x, place.y) + command(`a=p,${idOf(slot)},${fitted(place)}`),
	erase: (_place, slot) => remove(slot),
	forget: remove,
};
