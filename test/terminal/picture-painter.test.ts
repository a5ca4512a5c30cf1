import {inflateSync} from 'node:zlib';
import {decode} from 'sixel';
import {expect, it} from 'vitest';
import type {PlacedPicture} from '../../source/screens/pictures/placed-pictures.js';
import {encodePicture} from '../../source/terminal/encode-picture.js';
import {createPicturePainter} from '../../source/terminal/picture-painter.js';
import {findTouchedRows} from '../../source/terminal/touched-rows.js';

const cell = {width: 10, height: 20};

/** A picture in one colour of 4×2 cells. */
function placed(change: Partial<PlacedPicture> = {}, colour = 200): PlacedPicture {
	const frames = [new Uint8Array(16 * 8 * 3).fill(colour)];
	return {
		picture: {width: 16, height: 8, frames},
		...{frame: 0, columns: 4, rows: 2, firstRow: 0, seenRows: 2, x: 5, y: 3},
		...change,
	};
}

/** A painter and the pictures that are wanted of it. */
function paint(kind: 'kitty' | 'sixel', ...first: PlacedPicture[]) {
	let wanted = first;
	let ready = Promise.resolve();
	const painter = createPicturePainter({
		graphics: {kind, cell},
		wanted: () => wanted,
		async encode(task) {
			return encodePicture(task);
		},
		onReady: () => undefined,
		onFailure: () => undefined,
	});
	return {
		painter,
		want(...next: PlacedPicture[]) {
			wanted = next;
		},
		/** What is written once all is encoded. */
		async drawn() {
			painter.after();
			ready = new Promise(resolve => setImmediate(resolve));
			await ready;
			return painter.after();
		},
	};
}

it('draws sixels at the size of their cells, and nothing twice', async () => {
	const {painter, drawn} = paint('sixel', placed());
	const text = await drawn();
	const [, code = ''] =
		/^\u001b7\u001b\[4;6H\u001bP0;1;q([^\u001b]*)\u001b\\\u001b8$/.exec(text) ?? [];
	const picture = decode(Buffer.from(code));
	// A row of sixels is six pixels high: none reaches below 40.
	expect([picture.width, picture.height]).toEqual([40, 36]);
	expect([...new Uint8Array(picture.data32.buffer).subarray(0, 3)]).toEqual([199, 199, 199]);
	expect(painter.before() + painter.after()).toBe('');
});

it('sends kitty the existing pixels, and the cells to fill', async () => {
	const text = await paint('kitty', placed()).drawn();
	const [, keys = '', code = ''] =
		/\[4;6H\u001b_G([^;]*);([^\u001b]*)\u001b\\\u001b8$/.exec(text) ?? [];
	expect(keys).toMatch(/^a=T,i=\d+,p=1,f=24,o=z,s=16,v=8,c=4,r=2,C=1,q=2,m=0$/);
	expect(inflateSync(Buffer.from(code, 'base64'))).toEqual(Buffer.alloc(16 * 8 * 3, 200));
});

it('redraws only what has been overwritten', async () => {
	const {painter, drawn} = paint('kitty', placed(), placed({x: 20, y: 10}, 100));
	await drawn();
	painter.touched(findTouchedRows('\u001b[39Ahead\n\u001b[E\u001b[E\u001b[Etext\n\u001b[E'));
	expect(painter.after()).toMatch(/^\u001b7\u001b\[4;6H\u001b_Ga=p,[^\u001b]*\u001b\\\u001b8$/);
	painter.touched(findTouchedRows('\u001b[2Kanything'));
	expect(painter.after().match(/a=p/g)).toHaveLength(2);
});

it('erases removed or moved pictures before the frame, and keeps an old picture until the next', async () => {
	const {painter, want, drawn} = paint('sixel', placed());
	await drawn();
	want(placed({}, 100));
	expect(painter.before() + painter.after()).toBe('');
	expect(await drawn()).toContain('\u001bP');
	want(placed({x: 6}, 100));
	expect(painter.before()).toBe('\u001b7\u001b[m\u001b[4;6H\u001b[4X\u001b[5;6H\u001b[4X\u001b8');
	want();
	expect(painter.before() + painter.after()).toBe('');
});

it('draws the visible rows of a picture', async () => {
	const text = await paint('kitty', placed({firstRow: 1, seenRows: 1})).drawn();
	expect(text).toMatch(/s=16,v=4,c=4,r=1,/);
});
