import {cleanText} from '../../domain/log-lines.js';
import {pictureSize, scaledFrame, type VideoPicture} from '../../domain/video-picture.js';
import {drawnSpan, type Line, type Pixels, pixelSpan, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {
	aloneVideo,
	coloursOf,
	hasPictures,
	isDrawn,
	nextAlone,
	type ShownVideo,
	videosOf,
} from './shown-videos.js';

/** A narrower picture shows nothing; videos that do not fit so wide are shown alone. Columns. */
const narrowest = 16;
const gap = 2;
/** Rows of pictures beside a text, whatever it leaves; one that is alone takes all there are. */
const rowLimits = {min: 6, max: 16} as const;
/** Moments that are seen of a video that stands alone and still, at most. */
const mostPlaces = 4;
/** Cosmos' own, where a video has not been looked into yet. */
const usualSize = {width: 1280, height: 704};

/** What pictures may take; `enlarge`: also with more pixels than they have. */
type Room = {width: number; rows: number; enlarge: boolean};

/**
 * A picture and what is below it; as large, in cells, as the picture will be when it comes, so that
 * nothing moves then.
 */
type Tile = {label: string; width: number; height: number; rows: readonly Line[]};

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

	if (!hasPictures(state)) {
		const why = {
			few: 'they need 256 colours, and TERM says fewer; xterm-256color says 256',
			none: 'colours are off (NO_COLOR, or the theme)',
			off: 'they are off (pictures = "none" in the configuration)',
		};
		return [[], [span('dim', `no pictures: ${why[state.pictureColours as keyof typeof why]}`)]];
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
			const rows = picture ? rowsOf(state, picture, at, {width, height}) : [];
			return {label: picture ? name : `${name} …`, width, height: height / 2, rows};
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

/** The largest size within columns and rows, each row two pixels high, of a picture or a video. */
function fitted(of: {width: number; height: number}, room: Room) {
	const size = pictureSize(of);
	const largest = room.enlarge ? Number.POSITIVE_INFINITY : 1;
	const scale = Math.min(largest, room.width / size.width, (2 * room.rows) / size.height);
	return {
		width: Math.max(1, Math.floor(size.width * scale)),
		height: 2 * Math.max(1, Math.round((size.height * scale) / 2)),
	};
}

/** None where the terminal draws pictures itself, but not now, and has too few colours for half blocks. */
function rowsOf(
	state: DashboardState,
	picture: VideoPicture,
	frame: number,
	size: {width: number; height: number},
): Line[] {
	const colours = coloursOf(state);
	if (isDrawn(state)) {
		const [columns, rows] = [size.width, size.height / 2];
		return Array.from(
			{length: rows},
			(_, row): Line => [drawnSpan({picture, frame, columns, rows, row})],
		);
	}

	return colours ? halfBlockRows(picture, frame, size, colours) : [];
}

function halfBlockRows(
	picture: VideoPicture,
	frame: number,
	size: {width: number; height: number},
	colours: Pixels['colours'],
): Line[] {
	const pixels = scaledOnce(picture, frame, size);
	const pixelRow = (y: number) => pixels.subarray(y * size.width * 3, (y + 1) * size.width * 3);
	return Array.from(
		{length: size.height / 2},
		(_, row): Line => [
			pixelSpan({upper: pixelRow(2 * row), lower: pixelRow(2 * row + 1), colours}),
		],
	);
}

const scaled = new WeakMap<Uint8Array, {size: string; pixels: Uint8Array}>();

/** A frame is asked for several times while it stands on the screen. */
function scaledOnce(
	picture: VideoPicture,
	frame: number,
	{width, height}: {width: number; height: number},
): Uint8Array {
	const size = `${width}×${height}`;
	const key = picture.frames[frame];
	const known = key && scaled.get(key);
	const pixels = known?.size === size ? known.pixels : scaledFrame(picture, frame, {width, height});
	if (key) {
		scaled.set(key, {size, pixels});
	}

	return pixels;
}

function sideBySide(tiles: readonly Tile[]): Line[] {
	const height = Math.max(...tiles.map(tile => tile.height));
	const between = (index: number) => (index === 0 ? '' : ' '.repeat(gap));
	const rows = Array.from(
		{length: height},
		(_, row): Line =>
			tiles.flatMap((tile, index) => [
				between(index),
				...(tile.rows[row] ?? [' '.repeat(tile.width)]),
			]),
	);
	const labels = tiles.flatMap(({label, width}, index) => [
		between(index),
		span('dim', pad(label, width)),
	]);
	return [...rows, labels];
}
