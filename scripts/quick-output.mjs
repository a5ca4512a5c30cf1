// Takes the place of Ink's Output in the bundle. Ink takes every frame apart into an object for each
// cell and puts it together again: most of what a frame costs, in time and in memory. Our rows are made
// of adjacent ready strings: those are joined unchanged. A row in which one text covers
// another, is cut, or has anything unusual is left to Ink. test/quick-output.test.ts compares both.
import Output from '../node_modules/ink/build/output.js';
import {narrowWidth} from './quick-width.mjs';

const colours = /\u001b\[([\d;]*)m/g;

export default class QuickOutput extends Output {
	get() {
		const rows = this.#texts();
		return rows === undefined
			? super.get()
			: {output: rows.map(texts => this.#row(texts)).join('\n'), height: rows.length};
	}

	/** What is written into each row; undefined when a text has several rows. */
	#texts() {
		const rows = Array.from({length: this.height}, () => []);
		const clips = [];
		for (const operation of this.operations) {
			if (operation.type === 'clip') {
				clips.push(both(clips.at(-1), operation.clip));
			} else if (operation.type === 'unclip') {
				clips.pop();
			} else if (operation.text.includes('\n')) {
				return undefined;
			} else {
				const {y} = operation;
				const {x1, x2, y1 = 0, y2 = this.height} = clips.at(-1) ?? {};
				if (y >= y1 && y < y2) {
					rows[y]?.push({operation, x1, x2});
				}
			}
		}

		return rows;
	}

	#row(texts) {
		let row = '';
		let column = 0;
		for (const {operation, x1 = 0, x2 = this.width} of texts) {
			const {x} = operation;
			const text = operation.transformers.reduce((line, change) => change(line, 0), operation.text);
			const width = narrowWidth(text);
			const end = x + width;
			const fits = x >= Math.max(column, x1) && end <= Math.min(x2, this.width);
			if (width === undefined || !fits || !isClosed(text)) {
				return this.#inkRow(texts);
			}

			row += ' '.repeat(x - column) + text;
			column = end;
		}

		return row.trimEnd();
	}

	#inkRow(texts) {
		const ink = new Output({width: this.width, height: 1});
		for (const {operation, x1, x2} of texts) {
			ink.clip({x1, x2});
			ink.write(operation.x, 0, operation.text, operation);
			ink.unclip();
		}

		return ink.get().output;
	}
}

/** Where two clips overlap. */
function both(outer, inner) {
	if (!outer) {
		return inner;
	}

	const {x1 = 0, y1 = 0, x2 = Infinity, y2 = Infinity} = outer;
	return {
		x1: Math.max(x1, inner.x1 ?? 0),
		y1: Math.max(y1, inner.y1 ?? 0),
		x2: Math.min(x2, inner.x2 ?? Infinity),
		y2: Math.min(y2, inner.y2 ?? Infinity),
	};
}

/** Whether all colours that a text begins are ended in it, and it has only such as are known here. */
function isClosed(text) {
	if (!text.includes('\u001b')) {
		return true;
	}

	const open = new Set();
	for (const [, codes] of text.matchAll(colours)) {
		const numbers = codes.split(';').map(Number);
		for (let at = 0; at < numbers.length; at++) {
			const code = numbers[at];
			const end = endOf(code);
			if (code === 0) {
				open.clear();
			} else if (end === undefined) {
				return false;
			} else if (end === code) {
				open.delete(end);
			} else {
				open.add(end);
			}

			if (code === 38 || code === 48) {
				at += numbers[at + 1] === 5 ? 2 : numbers[at + 1] === 2 ? 4 : Infinity;
				if (at >= numbers.length) {
					return false;
				}
			}
		}
	}

	return open.size === 0;
}

/** The code that ends what a code begins, or ends itself. */
function endOf(code) {
	if (code === 1 || code === 2) {
		return 22;
	}

	if ([3, 4, 7, 9].includes(code)) {
		return code + 20;
	}

	if ([22, 23, 24, 27, 29, 39, 49].includes(code)) {
		return code;
	}

	const tens = Math.floor(code / 10);
	return tens === 3 || tens === 9 ? 39 : tens === 4 || tens === 10 ? 49 : undefined;
}
