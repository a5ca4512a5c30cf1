/** What the contact sheet shows, and where its selection is. */
import path from 'node:path';
import {resultPictures} from '../../domain/outputs.js';
import {compareRuns, settingTexts} from '../../domain/run-difference.js';
import type {Run, ShownRun} from '../../domain/types.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {OverlayOf} from '../../state/overlay.js';
import {selectedPrompt, shownRunOf} from '../../state/selectors.js';

/** Two of the values that differ: what a grid has down its side, and across. */
export type Axes = readonly [down: string, across: string];

declare module '../../state/overlay.js' {
	interface Overlays {
		sheet: {
			/** What its runs have in common, for the title. */
			title: string;
			/** Ids, oldest first. */
			runs: readonly string[];
			selected: string;
			/** A grid by two axes; absent for rows of runs one after the other. */
			axes?: Axes;
			/** Pictures beside each other. */
			across: number;
		};
	}
}

export type Sheet = OverlayOf<'sheet'>;

/** Columns of a picture, about, when the page opens, and at least. */
const columns = {usual: 38, least: 18} as const;

const hasPicture = ({run}: ShownRun) => resultPictures(run).length > 0;

/** The runs with a picture of the selected prompt, or of the selected run's sweep or prompt. */
export function sheetRuns(state: DashboardState): {title: string; runs: readonly ShownRun[]} {
	const {runs = [], subject} = state;
	const run = shownRunOf(state)?.run;
	const prompt = subject === 'prompts' ? selectedPrompt(state) : undefined;
	const sweep = run?.sweep?.id;
	const found = runs.filter(
		one =>
			hasPicture(one) &&
			(sweep === undefined
				? one.run.promptId !== undefined && one.run.promptId === (prompt?.id ?? run?.promptId)
				: one.run.sweep?.id === sweep),
	);
	const name = prompt?.name ?? run?.promptName ?? '';
	return {title: sweep === undefined ? name : `${name}, sweep ${sweep}`, runs: found.toReversed()};
}

export function openSheet(state: DashboardState): DashboardState {
	const {title, runs} = sheetRuns(state);
	const ids = runs.map(({run}) => run.id);
	const own = shownRunOf(state)?.run.id;
	const overlay: Sheet = {
		...{kind: 'sheet', title, runs: ids},
		selected: (own !== undefined && ids.includes(own) ? own : ids[0]) ?? '',
		across: Math.max(1, Math.round(state.size.columns / columns.usual)),
	};
	const [axes] = runs.some(({run}) => run.sweep) ? axesOf(state, overlay) : [];
	return {...state, overlay: {...overlay, ...(axes && {axes})}};
}

export function runsOf({runs = []}: DashboardState, {runs: ids}: Sheet): readonly Run[] {
	return ids.flatMap(id => runs.find(({run}) => run.id === id)?.run ?? []);
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

export function differingSettings(runs: readonly Run[]): string[] {
	return compareRuns(runs)
		.filter(({group}) => group === 'settings')
		.map(({key}) => key);
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

	const runs = runsOf(state, overlay);
	const [down, beside] = axes.map(axis => sortValues(runs.map(run => axisValue(run, axis)))) as [
		string[],
		string[],
	];
	// Of several in one place the newest.
	return down.map(one =>
		beside.map(
			two =>
				runs.findLast(run => axisValue(run, axes[0]) === one && axisValue(run, axes[1]) === two)
					?.id,
		),
	);
}

/** Each once, numbers by their size. */
function sortValues(values: readonly string[]): string[] {
	return [...new Set(values)].sort((one, two) =>
		Number.isNaN(Number(one) - Number(two)) ? one.localeCompare(two) : Number(one) - Number(two),
	);
}

/** Pictures beside each other that there is room for, as large as is asked for. */
export function acrossOf({size}: DashboardState, {across}: Sheet): number {
	return Math.max(1, Math.min(across, Math.floor((size.columns - 2) / (columns.least + 2))));
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
