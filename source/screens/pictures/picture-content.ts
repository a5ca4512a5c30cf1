import {cleanText} from '../../domain/runs/log-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {fitted, gap, pictureRows, type Room, sideBySide, type Tile} from './picture-rows.js';
import {aloneVideo, nextAlone, type ShownVideo, videosOf, whyNone} from './shown-videos.js';

/** A narrower picture shows nothing; videos that do not fit so wide are shown alone. Columns. */
const narrowest = 16;
/** Rows of pictures beside a text, whatever it leaves; one that is alone takes all there are. */
const rowLimits = {min: 6, max: 16} as const;
/** Moments that are seen of a video that stands alone and still, at most. */
const mostPlaces = 4;
/** Cosmos' own, where a video has not been looked into yet. */
const usualSize = {width: 1280, height: 704};

/**
 * The pictures of a tab's videos, with their names below; or why there are none. Nothing for a
 * tab without videos.
 * @param free rows that the tab's text leaves
 */
export function pictureLines(state: DashboardState, width: number, free: number): Line[] {
	const videos = videosOf(state);
	if (videos.length === 0) {
		return [];
	}

	const none = whyNone(state);
	if (none !== undefined) {
		return [[], [span('dim', none)]];
	}

	const {views} = state.pictures;
	const alone = aloneVideo(state);
	const chosen = alone ? [alone] : videos;
	const good = chosen.filter(({file}) => views[file]?.state !== 'failed');
	const shown = good.slice(0, Math.floor((width + gap) / (narrowest + gap)));
	const failures = failureLines(state, chosen, width);
	const why = fallbackLines(state, width);
	const most = free - 3 - failures.length - why.length;
	const rows = Math.min(alone ? most : rowLimits.max, Math.max(rowLimits.min, most));
	const room: Room = {width, rows, enlarge: alone !== undefined};
	const left = chosen.length === 1 ? 0 : good.length - shown.length;
	return [
		[],
		...(shown.length === 0
			? []
			: [
					...sideBySide(tilesOf(state, shown, room)),
					[span('dim', keyWords(state, videos.length, left))],
					...why,
				]),
		...failures,
	];
}

/** Why there are half blocks where finer pictures might be expected. */
const fallbackLines = ({graphics}: DashboardState, width: number): Line[] =>
	graphics?.problem === undefined
		? []
		: wrap(`half blocks: ${graphics.problem}`, width).map((row): Line => [span('dim', row)]);

/** One message that all have in common, or each video with its own. */
function failureLines(
	{pictures}: DashboardState,
	videos: readonly ShownVideo[],
	width: number,
): Line[] {
	const failed = videos.flatMap(({label, file}) => {
		const view = pictures.views[file];
		return view?.state === 'failed' ? [{label, text: `${view.message}. ${view.hint}`.trim()}] : [];
	});
	const [first] = failed;
	const common = failed.length === videos.length && failed.every(({text}) => text === first?.text);
	return (common ? failed.slice(0, 1) : failed).flatMap(({label, text}) =>
		wrap(cleanText(`no picture${common ? 's' : ` of ${label}`}: ${text}`), width).map(
			(row): Line => [span('warn', row)],
		),
	);
}

function keyWords(state: DashboardState, count: number, left: number): string {
	const {mode} = state.pictures;
	const last = nextAlone(state) === undefined;
	const first = count > 1 ? 'one alone' : 'it alone';
	const next = aloneVideo(state) ? (last ? 'all again' : 'the next') : first;
	return [
		`${keyOf(state, 'play')} ${mode === 'playing' ? 'pauses' : 'plays'}`,
		`${keyOf(state, 'next-video')} shows ${next}`,
		...(left > 0 ? [`${left} more`] : []),
	].join(' · ');
}

function tilesOf(state: DashboardState, videos: readonly ShownVideo[], room: Room): Tile[] {
	const {views, mode, frame} = state.pictures;
	const [only] = videos.length === 1 ? videos : [];
	const asSheet = only !== undefined && mode === 'sheet';
	const places = asSheet ? sheetPlaces(state, only, room) : [0];
	const count = videos.length * places.length;
	const columns = Math.floor((room.width - gap * (count - 1)) / count);
	return videos.flatMap(({label, file, size = usualSize}) =>
		places.map((place): Tile => {
			const view = views[file];
			const picture = view?.state === 'made' ? view.picture : undefined;
			const {width, height} = fitted(picture ?? size, {...room, width: columns});
			const length = picture?.frames.length ?? 1;
			// What is still, or begins to move, is the middle: the start of a video may be black.
			const at = asSheet
				? Math.floor(((place + 0.5) * length) / places.length)
				: (Math.floor(length / 2) + frame) % length;
			const name = place === 0 ? label : '';
			const rows = picture ? pictureRows(state, picture, at, {width, height}) : [];
			const below = span('dim', pad(picture ? name : `${name} …`, width));
			return {labels: [[below]], width, height: height / 2, rows};
		}),
	);
}

/** As many moments of a video as fit beside each other when each is as large as it can be. */
function sheetPlaces(
	{pictures}: DashboardState,
	{file, size = usualSize}: ShownVideo,
	room: Room,
): readonly number[] {
	const view = pictures.views[file];
	const picture = view?.state === 'made' ? view.picture : undefined;
	const {width} = fitted(picture ?? size, room);
	const fitting = Math.min(mostPlaces, Math.floor((room.width + gap) / (width + gap)));
	return Array.from({length: Math.max(1, fitting)}, (_, index) => index);
}
