// https://vt100.net/docs/vt3xx-gp/chapter14.html
import {type Drawer, moveTo} from './drawer.js';

/** Pixels that one row of sixels is high. */
export const sixelHeight = 6;

/** A picture lies in its cells like their text: what is written there takes its place. */
export const sixelDrawer: Drawer = {
	draw: ({code}, {x, y}) => moveTo(x, y) + code,
	drawAgain: ({code}, {x, y}) => moveTo(x, y) + code,
	erase({x, y, columns, rows}) {
		const blanks = Array.from(
			{length: rows},
			(_, row) => `${moveTo(x, y + row)}\u001b[${columns}X`,
		);
		return `\u001b[m${blanks.join('')}`;
	},
	forget: () => '',
};
