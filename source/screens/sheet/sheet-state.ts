/** What the contact sheet shows, and where its selection is. */
import path from 'node:path';
import {resultPictures} from '../../domain/runs/outputs.js';
import {differingChoices} from '../../domain/runs/run-difference.js';
import {settingTexts} from '../../domain/settings/setting-texts.js';
import type {Run, ShownRun} from '../../domain/types.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {OverlayOf} from '../../state/overlay.js';
import {selectedPrompt, shownRunOf} from '../../state/selectors.js';
import {fitted, gap} from '../pictures/picture-rows.js';

/** Two of the values that differ: what a grid has down its side, and across. */
export type Axes = readonly [down: string, across: string];

declare module '../../state/overlay.js' {
	interface Overlays {
		sheet: {
			/** What its runs have in common, for the title. */
			title: string;
			/** Ids in the order of the page. */
			runs: readonly string[];
			selected: string;
			/** A grid by two axes; absent for rows of runs one after the other. */
			axes?: Axes;
			/** Pictures beside each other. @default as large as lets all of them be seen */
			across?: number;
		};
	}
}

export type Sheet = OverlayOf<'sheet'>;

/** Columns of a picture: at least so many when the page opens, and when it was made smaller. */
const columns = {opened: 24, least: 18} as const;
/** Cosmos' own, of a video that has not been looked into yet. */
const usualSize = {width: 1280, height: 704};
/** Rows below a picture. */
const labelRows = 2;

const hasPicture = ({run}: ShownRun) => resultPictures(run).length > 0;

/**
 * The runs with a picture of the selected prompt, or of the selected run's sweep, dataset or prompt: oldest
 * first, and of a dataset, which keeps growing, newest first.
 */
export function sheetRuns(state: DashboardState): {title: string; runs: readonly ShownRun[]} {
	const {runs = [], subject} = state;
	const run = shownRunOf(state)?.run;
	const prompt = subject === 'prompts' ? selectedPrompt(state) : undefined;
	const {sweep, dataset} = run ?? {};
	const isMember = ({run: one}: ShownRun) =>
		sweep
			? one.sweep?.id === sweep.id
			: dataset
				? one.dataset === dataset
				: one.promptId !== undefined && one.promptId === (prompt?.id ?? run?.promptId);
	const found = runs.filter(one => hasPicture(one) && isMember(one));
	const name = prompt?.name ?? run?.promptName ?? '';
	return sweep
		? {title: `${name}, sweep ${sweep.id}`, runs: found.toReversed()}
		: dataset
			? {title: `dataset ${dataset}, newest first`, runs: found}
			: {title: name, runs: found.toReversed()};
}

export function openSheet(state: DashboardState): DashboardState {
	const {title, runs} = sheetRuns(state);
	const ids = runs.map(({run}) => run.id);
	const own = shownRunOf(state)?.run.id;
	const overlay: Sheet = {
		...{kind: 'sheet', title, runs: ids},
		selected: (own !== undefined && ids.includes(own) ? own : ids[0]) ?? '',
	};
	const [axes] = runs.some(({run}) => run.sweep) ? axesOf(state, overlay) : [];
	return {...state, overlay: {...overlay, ...(axes && {axes})}};
}

let last: {all: DashboardState['runs']; ids: readonly string[]; runs: readonly Run[]} | undefined;

/** The runs of a page; the same list as long as nothing has changed. */
export function runsOf({runs: all = []}: DashboardState, {runs: ids}: Sheet): readonly Run[] {
	if (last?.all !== all || last.ids !== ids) {
		const byId = new Map(all.map(({run}) => [run.id, run]));
		last = {all, ids, runs: ids.flatMap(id => byId.get(id) ?? [])};
	}

	return last.runs;
}

/** What a run has of an axis: of its sweep, or of its settings. */
export function axisValue(run: Run, axis: string): string {
	const own = run.sweep?.axes[axis];
	return own === undefined ? (settingTexts(run).get(axis) ?? '-') : String(own);
}

/** The pairs of axes by which a grid can be made, those of a sweep or the settings that differ. */
export function axesOf(state: DashboardState, overlay: Sheet): readonly Axes[] {
	const runs = runsOf(state, overlay);
	const ofSweep = Object.keys(runs.find(({sweep}) => sweep)?.sweep?.axes ?? {});
	const names = ofSweep.length > 1 ? ofSweep : differingSettings(runs);
	return names.flatMap(down =>
		names.filter(across => across !== down).map((across): Axes => [down, across]),
	);
}

const differing = new WeakMap<readonly Run[], string[]>();

export function differingSettings(runs: readonly Run[]): string[] {
	const known = differing.get(runs);
	const found = known ?? differingChoices(runs).map(({key}) => key);
	differing.set(runs, found);
	return found;
}

/** The ids of a page, in rows; undefined where a grid has no run. */
export function gridOf(
	state: DashboardState,
	overlay: Sheet,
): ReadonlyArray<ReadonlyArray<string | undefined>> {
	const {runs: ids, axes} = overlay;
	if (!axes) {
		const across = acrossOf(state, overlay);
		return Array.from({length: Math.ceil(ids.length / across)}, (_, row) =>
			ids.slice(row * across, (row + 1) * across),
		);
	}

	const places = runsOf(state, overlay).map(run => ({
		id: run.id,
		down: axisValue(run, axes[0]),
		across: axisValue(run, axes[1]),
	}));
	// Of several in one place the newest.
	const newest = new Map(
		places
			.toSorted((one, two) => (one.id < two.id ? -1 : 1))
			.map(({id, down, across}) => [JSON.stringify([down, across]), id]),
	);
	const columnNames = sortValues(places.map(({across}) => across));
	return sortValues(places.map(({down}) => down)).map(down =>
		columnNames.map(across => newest.get(JSON.stringify([down, across]))),
	);
}

/** Each once, numbers by their size. */
function sortValues(values: readonly string[]): string[] {
	return [...new Set(values)].sort((one, two) =>
		Number.isNaN(Number(one) - Number(two)) ? one.localeCompare(two) : Number(one) - Number(two),
	);
}

/** How large pictures are when there are so many beside each other, and how many rows of them there are. */
export function roomFor({size: {columns: width, rows}}: DashboardState, across: number) {
	const height = rows - 5;
	const size = fitted(usualSize, {
		width: Math.floor((width - 2 - gap * (across - 1)) / across),
		rows: height - labelRows,
		enlarge: true,
	});
	return {size, height, down: Math.max(1, Math.floor(height / (size.height / 2 + labelRows)))};
}

/** Pictures beside each other: as many as were asked for, else as few as let all of them be seen. */
export function acrossOf(state: DashboardState, overlay: Sheet): number {
	const most = (least: number) =>
		Math.max(1, Math.floor((state.size.columns - 2 + gap) / (least + gap)));
	if (overlay.across !== undefined) {
		return Math.min(overlay.across, most(columns.least));
	}

	const grid = overlay.axes && gridOf(state, overlay);
	const showsAll = (across: number) => {
		const {down} = roomFor(state, across);
		return grid
			? grid.length <= down && (grid[0]?.length ?? 0) <= across
			: overlay.runs.length <= down * across;
	};
	let across = 1;
	while (across < most(columns.opened) && !showsAll(across)) {
		across++;
	}

	return across;
}

/** Where the selection is among the rows of a grid. */
export function placeOf(grid: ReturnType<typeof gridOf>, selected: string) {
	const row = Math.max(
		0,
		grid.findIndex(ids => ids.includes(selected)),
	);
	return {row, column: Math.max(0, grid[row]?.indexOf(selected) ?? 0)};
}

/** The video or image of a run that its cell shows. */
export function pictureFile(state: DashboardState, run: Run): string | undefined {
	const [result] = resultPictures(run);
	return result && path.join(state.runFolderOf(run.id), 'outputs', ...result.name.split('/'));
}
