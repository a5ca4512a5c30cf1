import type {VideoPicture} from '../../domain/inputs/video-picture.js';
import {type DrawnRow, type Line, textOf} from '../../state/content/line.js';
import {widthOf} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {layoutOf} from '../../state/layout.js';
import {compareLines} from '../compare/compare-lines.js';
import {contentRows} from '../detail/content-rows.js';
import {detailLines} from '../detail/detail-lines.js';
import {sheetLines} from '../sheet/sheet-lines.js';
import {isDrawn, videosOf} from './shown-videos.js';

/** A picture that the terminal draws itself, and its place on the screen in cells from 0. */
export type PlacedPicture = {
	picture: VideoPicture;
	frame: number;
	/** Of the whole picture. */
	columns: number;
	rows: number;
	/** The first of its rows that is seen, and how many are. */
	firstRow: number;
	seenRows: number;
	/** Where that row begins. */
	x: number;
	y: number;
};

/** The host line, the detail's border and its tabs stand over the content; a border and a blank before. */
const [above, before] = [3, 2];
/** The host line stands over a page's border. */
const pageBegin = {x: 1, y: 2};

/** The pictures of the screen that the terminal draws, from left to right. */
export function placedPictures(state: DashboardState): PlacedPicture[] {
	if (!isDrawn(state) || layoutOf(state).tooSmall) {
		return [];
	}

	const {lines, x: left, y: above} = shownLines(state);
	const placed: PlacedPicture[] = [];
	for (const [index, line] of lines.entries()) {
		for (const {x, drawn} of drawnIn(line)) {
			const {row, ...whole} = drawn;
			const begun = placed.find(
				one =>
					one.x === left + x &&
					one.picture === drawn.picture &&
					one.y + one.seenRows === above + index,
			);
			if (begun) {
				begun.seenRows++;
			} else {
				placed.push({...whole, firstRow: row, seenRows: 1, x: left + x, y: above + index});
			}
		}
	}

	return placed;
}

/** The lines that have pictures, and the cell of the screen in which they begin. */
function shownLines(state: DashboardState): {lines: readonly Line[]; x: number; y: number} {
	const {overlay} = state;
	if (overlay?.kind === 'compare') {
		return {lines: compareLines(state, overlay), ...pageBegin};
	}

	if (overlay?.kind === 'sheet') {
		return {lines: sheetLines(state, overlay), ...pageBegin};
	}

	const {showDetail, showLists, listWidth} = layoutOf(state);
	return showDetail && videosOf(state).length > 0
		? {
				lines: detailLines(state).slice(state.scroll, state.scroll + contentRows(state)),
				x: (showLists ? listWidth : 0) + before,
				y: above,
			}
		: {lines: [], x: 0, y: 0};
}

function drawnIn(line: Line): Array<{x: number; drawn: DrawnRow}> {
	return line.flatMap((part, index) =>
		typeof part === 'string' || !part.drawn
			? []
			: [{x: widthOf(textOf(line.slice(0, index))), drawn: part.drawn}],
	);
}
