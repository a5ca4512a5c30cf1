import {cleanText} from '../../domain/runs/log-lines.js';
import type {Run} from '../../domain/types.js';
import {type Line, type Role, span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {flagOf} from '../../state/selectors.js';
import {fitted, pictureRows, sideBySide, type Tile} from '../pictures/picture-rows.js';
import {whyNone} from '../pictures/shown-videos.js';
import {starsOf} from '../records/stars.js';
import {
	acrossOf,
	axisValue,
	differingSettings,
	gridOf,
	pictureFile,
	placeOf,
	roomFor,
	runsOf,
	type Sheet,
} from './sheet-state.js';

/** Rows and columns of the grid that are on the screen, with the size of a picture. */
function windowOf(state: DashboardState, overlay: Sheet) {
	const grid = gridOf(state, overlay);
	const across = acrossOf(state, overlay);
	const {size, height, down} = roomFor(state, across);
	const {row, column} = placeOf(grid, overlay.selected);
	const first = (at: number, count: number, all: number) =>
		Math.max(0, Math.min(at - Math.floor(count / 2), all - count));
	const top = first(row, down, grid.length);
	const left = first(column, across, grid[0]?.length ?? 0);
	const rows = grid.slice(top, top + down).map(ids => ids.slice(left, left + across));
	return {rows, size, height};
}

/** The files whose pictures are on the page. */
export function sheetFiles(state: DashboardState, overlay: Sheet): readonly string[] {
	const ids = new Set(windowOf(state, overlay).rows.flat());
	return runsOf(state, overlay)
		.filter(({id}) => ids.has(id))
		.flatMap(run => pictureFile(state, run) ?? []);
}

/** The rows inside the border of the page; the last one counts its runs. */
export function sheetLines(state: DashboardState, overlay: Sheet): Line[] {
	const why = whyNone(state);
	const {rows, size, height} = windowOf(state, overlay);
	const runs = runsOf(state, overlay);
	const shown = overlay.axes ?? differingSettings(runs);
	const lines =
		why === undefined
			? rows.flatMap(ids => sideBySide(ids.map(id => tileOf(state, overlay, id, shown, size))))
			: [
					[span('dim', ` ${why}`)],
					...rows.flatMap(ids => ids.flatMap(id => wordsAlone(state, overlay, id, shown))),
				];
	const filled = [...lines, ...Array.from({length: height}, (): Line => [])].slice(0, height);
	return [...filled, countLine(runs, overlay)];
}

/** Without pictures, a line for each run. */
function wordsAlone(
	state: DashboardState,
	overlay: Sheet,
	id: string | undefined,
	shown: readonly string[],
): Line[] {
	const run = runsOf(state, overlay).find(one => one.id === id);
	return run ? [labelLines(state, overlay, run, shown, state.size.columns - 4).flat()] : [];
}

function tileOf(
	state: DashboardState,
	overlay: Sheet,
	id: string | undefined,
	shown: readonly string[],
	size: {width: number; height: number},
): Tile {
	const run = runsOf(state, overlay).find(one => one.id === id);
	const blank = ' '.repeat(size.width);
	const shape = {width: size.width, height: size.height / 2};
	if (!run) {
		return {...shape, labels: [[blank], [blank]], rows: []};
	}

	const view = state.pictures.views[pictureFile(state, run) ?? ''];
	const picture = view?.state === 'made' ? view.picture : undefined;
	const own = picture && fitted(picture, {width: size.width, rows: shape.height, enlarge: true});
	const middle = Math.floor((picture?.frames.length ?? 0) / 2);
	const after = ' '.repeat(size.width - (own?.width ?? 0));
	const rows =
		picture && own
			? pictureRows(state, picture, middle, own).map((line): Line => [...line, after])
			: [[span('dim', pad(view?.state === 'failed' ? view.message : '…', size.width))]];
	return {...shape, labels: labelLines(state, overlay, run, shown, size.width), rows};
}

/** `>+ 6b6avz319zbp ★★★☆☆ picked`, and what sets it apart. */
function labelLines(
	{marks}: DashboardState,
	{selected}: Sheet,
	run: Run,
	shown: readonly string[],
	width: number,
): [Line, Line] {
	const isSelected = run.id === selected;
	const head = `${isSelected ? '>' : ' '}${marks.runs.includes(run.id) ? '+' : ' '}`;
	const flag = flagOf(run);
	const words = [
		run.pick === undefined ? '' : run.pick ? 'picked' : 'rejected',
		run.rating === undefined ? '' : starsOf(run.rating),
		flag ?? '',
		run.id.replace('run_', ''),
	].filter(Boolean);
	const role: Role = isSelected
		? 'accent'
		: run.pick === false || flag
			? 'bad'
			: run.pick
				? 'good'
				: 'plain';
	const settings = shown.map(key => `${key} ${axisValue(run, key)}`).join(' · ');
	return [
		[span(role, pad(`${head}${words.join(' ')}`, width))],
		[span('dim', pad(`  ${cleanText(settings)}`, width))],
	];
}

/** `12 runs · 5 rated · 2 picked · 1 rejected`, and the axes. */
function countLine(runs: readonly Run[], {axes, selected}: Sheet): Line {
	const count = (has: (run: Run) => boolean) => runs.filter(has).length;
	const at = runs.findIndex(({id}) => id === selected) + 1;
	return [
		span(
			'dim',
			[
				` ${at} of ${runs.length}`,
				`${count(({rating}) => rating !== undefined)} rated`,
				`${count(({pick}) => pick === true)} picked`,
				`${count(({pick}) => pick === false)} rejected`,
				...(axes ? [`${axes[0]} down, ${axes[1]} across`] : []),
			].join(' · '),
		),
	];
}
