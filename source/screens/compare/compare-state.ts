/** What the compare page shows, and what its keys do to it. */
import path from 'node:path';
import {mediaKindOf} from '../../domain/inputs/media.js';
import type {VideoPicture} from '../../domain/inputs/video-picture.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {resultPictures} from '../../domain/runs/outputs.js';
import {differingChoices, findPrevious, shortValue} from '../../domain/runs/run-difference.js';
import type {Run, ShownRun} from '../../domain/types.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {Overlay, OverlayOf} from '../../state/overlay.js';
import {markedPrompts, selectedPrompt, targetRuns} from '../../state/selectors.js';

/** How two or more pictures are shown; `table`: what differs instead. */
export const views = ['beside', 'wipe', 'difference', 'table'] as const;
export type View = (typeof views)[number];

/** A video or an image that is read: all its frames, in the size in which they are shown. */
export type Clip = {
	picture: VideoPicture;
	/** Undefined for an image, and before it is known. */
	fps?: number;
	/** Frames that it has; undefined where nobody has counted them. */
	length?: number;
	/** It has been read to its end. */
	isWhole: boolean;
	/** Why there are no frames, or fewer than it has. */
	problem?: string;
};

declare module '../../state/overlay.js' {
	interface Overlays {
		compare: {
			/** Ids, in the order of the columns. */
			runs: readonly string[];
			/** The number of the set of pictures that is shown. */
			set: number;
			view: View;
			/** The picture of the set that is laid over the first. */
			partner: number;
			/** The frame of the first picture, from 0. */
			at: number;
			isPlaying: boolean;
			/** Of a wipe: from 0 at the left to 1. */
			border: number;
			/** By which a difference is multiplied. */
			gain: number;
			/** First row of the table. */
			scroll: number;
			/** By file. */
			clips: Readonly<Record<string, Clip>>;
			/** The page that it was opened from. */
			from?: Overlay;
		};
	}
}

export type Compare = OverlayOf<'compare'>;

/** Runs that are compared at once. */
export const mostRuns = 9;

export function openCompare(
	state: DashboardState,
	runs: readonly string[],
	from?: Overlay,
): DashboardState {
	const overlay: Compare = {
		...{kind: 'compare', runs: runs.slice(0, mostRuns), set: 0, view: 'beside', partner: 1},
		...{at: 0, isPlaying: false, border: 0.5, gain: 4, scroll: 0, clips: {}},
		...(from && {from}),
	};
	return {...state, overlay};
}

const hasPicture = ({run}: ShownRun) => resultPictures(run).length > 0;

/**
 * The runs that a key on the lists compares: the marked ones; else the selected one with the run before
 * it; of prompts the newest of each that is marked, or the newest two of the selected one.
 */
export function comparedRuns(state: DashboardState): readonly string[] {
	const {runs = [], subject, marks} = state;
	if (subject === 'runs') {
		const [only, ...more] = targetRuns(state);
		const before =
			only && more.length === 0
				? findPrevious(
						only.run,
						runs.filter(hasPicture).map(({run}) => run),
					)
				: undefined;
		return more.length > 0 ? marks.runs : [before, only?.run].flatMap(run => (run ? [run.id] : []));
	}

	const ofPrompt = (id: string) =>
		runs.filter(one => one.run.promptId === id && hasPicture(one)).map(({run}) => run.id);
	const marked = markedPrompts(state);
	const prompt = subject === 'prompts' ? selectedPrompt(state) : undefined;
	return marked.length > 1
		? marked.flatMap(({id}) => ofPrompt(id).slice(0, 1))
		: ofPrompt(prompt?.id ?? '')
				.slice(0, 2)
				.toReversed();
}

/** A picture of a set, and what stands below it. */
export type Pane = {
	label: string;
	/** Absolute path; absent where there is nothing to show, as `label` says. */
	file?: string;
};

/** Pictures that are seen together. */
export type PaneSet = {title: string; panes: readonly Pane[]};

export function runsOf({runs = []}: DashboardState, {runs: ids}: Compare): readonly ShownRun[] {
	return ids.flatMap(id => runs.find(({run}) => run.id === id) ?? []);
}

const known = new WeakMap<
	readonly string[],
	{runs: DashboardState['runs']; sets: readonly PaneSet[]}
>();

/** The results of all runs; then each run's own result with its inputs and the controls that were made. */
export function setsOf(state: DashboardState, overlay: Compare): readonly PaneSet[] {
	const before = known.get(overlay.runs);
	if (before && before.runs === state.runs) {
		return before.sets;
	}

	const sets = findSets(state, overlay);
	known.set(overlay.runs, {runs: state.runs, sets});
	return sets;
}

function findSets(state: DashboardState, overlay: Compare): readonly PaneSet[] {
	const shown = runsOf(state, overlay);
	const runs = shown.map(({run}) => run);
	const differing = runs.length > 1 ? differingChoices(runs) : [];
	const words = (index: number) =>
		differing.map(({key, values}) => `${key} ${shortValue(values[index])}`);
	// Where there is little room, the id is cut off first.
	const results = shown.map(
		(one, index): Pane => resultPane(state, one, [...words(index), one.run.id].join(' · ')),
	);
	const own = shown.flatMap((one, index): PaneSet[] => {
		const others = sourcesOf(state, one.run);
		const result = results[index];
		return others.length > 0 && result
			? [{title: `${one.run.id} and its inputs`, panes: [result, ...others]}]
			: [];
	});
	return results.length > 1 || own.length === 0
		? [{title: 'results', panes: results}, ...own]
		: own;
}

export function shownSet(state: DashboardState, overlay: Compare): PaneSet {
	const sets = setsOf(state, overlay);
	return sets[overlay.set] ?? sets[0] ?? {title: '', panes: []};
}

function resultPane(state: DashboardState, {run, shown}: ShownRun, label: string): Pane {
	const [result] = resultPictures(run);
	return result
		? {label: cleanText(label), file: outputFile(state, run, result.name)}
		: {label: cleanText(`${run.id}: no video or image here, it is ${shown}`)};
}

function sourcesOf(state: DashboardState, run: Run): Pane[] {
	const results = new Set(resultPictures(run).map(({name}) => name));
	const outputs = (!run.outputsDeletedAt && 'outputs' in run && run.outputs) || [];
	return [
		...run.inputs.map(({role, path: file}) => ({label: cleanText(role), file})),
		...outputs
			.filter(({name}) => !results.has(name))
			.map(({name}) => ({label: cleanText(name), file: outputFile(state, run, name)})),
	].filter(({file}) => mediaKindOf(file) !== undefined);
}

const outputFile = (state: DashboardState, run: Run, name: string) =>
	path.join(state.runFolderOf(run.id), 'outputs', ...name.split('/'));

/** The pictures that are on the screen: all of a set, or the two that are laid over each other. */
export function shownPanes(state: DashboardState, overlay: Compare): readonly Pane[] {
	const {panes} = shownSet(state, overlay);
	const {view} = overlay;
	if (view === 'table') {
		return [];
	}

	const [first, other] = [panes[0], panes[partnerOf(panes.length, overlay)]];
	return view === 'beside' || !first || !other ? panes : [first, other];
}

const partnerOf = (count: number, {partner}: Compare) => (partner < count ? partner : 1);

/** The clip by whose frames the page counts. */
export function leadingClip(state: DashboardState, overlay: Compare): Clip | undefined {
	const files = shownSet(state, overlay).panes.flatMap(({file}) => file ?? []);
	const clips = files.flatMap(file => overlay.clips[file] ?? []);
	return clips.find(({picture}) => picture.frames.length > 1) ?? clips[0];
}

/** Frames that can be gone to. */
export function lengthOf(state: DashboardState, overlay: Compare): number {
	return Math.max(1, leadingClip(state, overlay)?.picture.frames.length ?? 1);
}

/**
 * The frame of a clip at the moment that the page is at: the one of the same number, or, where the
 * rates differ, of the same time. The last one where a clip is shorter.
 */
export function frameOf(clip: Clip, lead: Clip | undefined, at: number): number {
	const ratio = clip.fps && lead?.fps ? clip.fps / lead.fps : 1;
	const sameRate = Math.abs(ratio - 1) < 0.01;
	const wanted = sameRate ? at : Math.floor(at * ratio + 0.001);
	return Math.max(0, Math.min(clip.picture.frames.length - 1, wanted));
}

/** In what the clips of a set are not alike, in a few words. */
export function unlikeWords(state: DashboardState, overlay: Compare): string {
	const clips = shownPanes(state, overlay).flatMap(({file}) => overlay.clips[file ?? ''] ?? []);
	const differs = (values: ReadonlyArray<number | undefined>) =>
		new Set(values.filter(value => value !== undefined)).size > 1;
	const moving = clips.filter(({fps}) => fps !== undefined);
	const aspects = clips.map(({picture: {width, height}}) => Math.round((20 * width) / height));
	return [
		...(differs(moving.map(({length}) => length))
			? [`lengths ${moving.map(({length}) => length ?? '?').join(', ')}`]
			: []),
		...(differs(moving.map(({fps}) => fps))
			? [`rates ${moving.map(({fps}) => fps).join(', ')}: by time`]
			: []),
		...(differs(aspects) ? ['proportions differ'] : []),
	].join(' · ');
}

/** Pixels that the largest picture of the page may have, by what draws it. */
export function pictureBox(state: DashboardState): {width: number; height: number} {
	const {columns, rows} = pictureArea(state);
	const {cell} = state.graphics ?? {};
	return cell
		? {
				width: Math.min(mostDrawn.width, columns * cell.width),
				height: Math.min(mostDrawn.height, rows * cell.height),
			}
		: {width: columns, height: 2 * rows};
}

/** What a terminal is sent for each frame that it draws itself. */
const mostDrawn = {width: 640, height: 360};

/** Columns and rows for one picture: inside the border, without its label and the bar below. */
export function pictureArea({size}: DashboardState): {columns: number; rows: number} {
	return {columns: size.columns - 2, rows: size.rows - 6};
}
