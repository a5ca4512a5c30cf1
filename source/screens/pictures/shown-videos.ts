import path from 'node:path';
import {drawsPictures} from '../../domain/graphics.js';
import {isMedia, mediaKindOf} from '../../domain/inputs/media.js';
import {resultOf} from '../../domain/models/models.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {Pixels} from '../../state/content/line.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {layoutOf} from '../../state/layout.js';
import type {Overlay} from '../../state/overlay.js';
import {selectedPrompt, shownRunOf} from '../../state/selectors.js';

/** A video or an image that a tab shows a picture of. */
export type ShownVideo = {
	/** A role, or an output's name; clean. */
	label: string;
	/** Absolute path. */
	file: string;
	/** Pixels, where they are known before there is a picture. */
	size?: {width: number; height: number};
};

/** What half blocks are painted with; undefined where there are none. */
export function coloursOf({pictureColours}: DashboardState): Pixels['colours'] | undefined {
	return typeof pictureColours === 'number' || pictureColours === 'true'
		? pictureColours
		: undefined;
}

/** Pages of pictures, which fill the screen. */
const picturePages: ReadonlyArray<Overlay['kind']> = ['compare', 'sheet'];
export const isPicturePage = ({overlay}: DashboardState) =>
	overlay !== undefined && picturePages.includes(overlay.kind);

/** Whether the terminal draws the pictures itself; below a dialog there are half blocks, which it covers. */
export function isDrawn(state: DashboardState): boolean {
	return state.graphics?.cell !== undefined && (!state.overlay || isPicturePage(state));
}

/** Whether there are pictures at all. */
export const hasPictures = (state: DashboardState) =>
	coloursOf(state) !== undefined || drawsPictures(state.graphics);

/** Why there are no pictures; undefined where there are. */
export function whyNone(state: DashboardState): string | undefined {
	const why = {
		few: 'they need 256 colours, and TERM says fewer; xterm-256color says 256',
		none: 'colours are off (NO_COLOR, or the theme)',
		off: 'they are off (pictures = "none" in the configuration)',
	};
	return hasPictures(state)
		? undefined
		: `no pictures: ${why[state.pictureColours as keyof typeof why]}`;
}

/** Whether videos are on the screen that the terminal might draw, if pictures are wanted. */
export function mightDraw(state: DashboardState): boolean {
	const {pictureColours} = state;
	const wanted = pictureColours !== 'none' && pictureColours !== 'off';
	return (
		wanted && (isPicturePage(state) || (layoutOf(state).showDetail && videosOf(state).length > 0))
	);
}

/** The videos of the tab that the detail shows; none where a tab has no pictures. */
export function videosOf(state: DashboardState): readonly ShownVideo[] {
	const run = shownRunOf(state)?.run;
	if (state.tab === 'outputs' && run) {
		const files = (('outputs' in run && run.outputs) || []).filter(
			({name}) => mediaKindOf(name) !== undefined,
		);
		const result = resultOf(run);
		const isResult = ({name}: {name: string}) => Number(result.has(name));
		return files
			.toSorted((one, two) => isResult(two) - isResult(one))
			.map(({name}) => ({
				label: cleanText(name),
				file: path.join(state.runFolderOf(run.id), 'outputs', ...name.split('/')),
			}));
	}

	const prompt = state.tab === 'prompt' && !run ? selectedPrompt(state) : undefined;
	return (prompt?.inputs ?? []).filter(isMedia).map(({role, path: file, width, height}) => ({
		label: role,
		file,
		size: {width, height},
	}));
}

/** The files whose pictures are wanted now: those on the screen, where it can show them. */
export function wantedPictures(state: DashboardState): readonly string[] {
	return hasPictures(state) && layoutOf(state).showDetail
		? videosOf(state).map(({file}) => file)
		: [];
}

/** Whether pictures move: only while they are looked at, and all there. */
export function isMoving(state: DashboardState): boolean {
	const wanted = wantedPictures(state);
	return (
		state.pictures.mode === 'playing' &&
		!state.overlay &&
		wanted.length > 0 &&
		wanted.every(file => state.pictures.views[file])
	);
}

/** Whether a tab has a picture that can be played. */
export function hasPicture(state: DashboardState): boolean {
	return wantedPictures(state).some(file => state.pictures.views[file]?.state === 'made');
}

/** The video that has the whole tab; undefined while the tab shows its text and all of them. */
export function aloneVideo(state: DashboardState): ShownVideo | undefined {
	const {alone} = state.pictures;
	return alone === undefined || !hasPictures(state) ? undefined : videosOf(state)[alone];
}

/** The number of the video that is alone next: after all the first, after the last all again. */
export function nextAlone(state: DashboardState): number | undefined {
	const {alone = -1} = state.pictures;
	return alone + 1 < videosOf(state).length ? alone + 1 : undefined;
}
