import type {VideoPicture} from '../../domain/video-picture.js';
import {type DrawnRow, type Line, textOf} from '../../state/content/line.js';
import {widthOf} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {layoutOf} from '../../state/layout.js';
import {contentRows} from '../detail/content-rows.js';
import {detailLines} from '../detail/detail-lines.js';
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

/** The pictures of the screen that the terminal draws, from left to right. */
export function placedPictures(state: DashboardState): PlacedPicture[] {
	const {tooSmall, showDetail, showLists, listWidth} = layoutOf(state);
	if (!isDrawn(state) || tooSmall || !showDetail || videosOf(state).length === 0) {
		return [];
	}

	const placed: PlacedPicture[] = [];
	const left = (showLists ? listWidth : 0) + before;
	const seen = detailLines(state).slice(state.scroll, state.scroll + contentRows(state));
	for (const [index, line] of seen.entries()) {
		for (const {x, drawn} of drawnIn(line)) {
			const begun = placed.find(one => one.x === left + x);
			if (begun) {
				begun.seenRows++;
			} else {
				const {row, ...whole} = drawn;
				const place = {x: left + x, y: above + index};
				placed.push({...whole, firstRow: row, seenRows: 1, ...place});
			}
		}
	}

	return placed;
}

function drawnIn(line: Line): Array<{x: number; drawn: DrawnRow}> {
	return line.flatMap((part, index) =>
		typeof part === 'string' || !part.drawn
			? []
			: [{x: widthOf(textOf(line.slice(0, index))), drawn: part.drawn}],
	);
}
