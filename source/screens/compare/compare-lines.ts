import {
	frameDifference,
	scaledFrame,
	type VideoPicture,
	wipedFrame,
} from '../../domain/inputs/video-picture.js';
import {readableText} from '../../domain/prompts/structured-text.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {
	compareRuns,
	compareTexts,
	markChanges,
	shortValue,
} from '../../domain/runs/run-difference.js';
import {type Line, span, textOf} from '../../state/content/line.js';
import {pad, widthOf, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {fitted, gap, pictureRows, sideBySide, type Tile} from '../pictures/picture-rows.js';
import {whyNone} from '../pictures/shown-videos.js';
import {
	type Clip,
	type Compare,
	frameOf,
	leadingClip,
	lengthOf,
	type Pane,
	pictureArea,
	runsOf,
	shownPanes,
	shownSet,
	unlikeWords,
} from './compare-state.js';

/** Cosmos' own, of a video that has not been looked into yet. */
const usualSize = {width: 1280, height: 704};
/** Columns of the table's first column. */
const keyWidth = 20;

/** The rows inside the border of the page, as many as there are; the last one is the bar. */
export function compareLines(state: DashboardState, overlay: Compare): Line[] {
	const {columns, rows} = pictureArea(state);
	const height = rows + 1;
	const why = whyNone(state);
	const lines =
		overlay.view === 'table'
			? tableLines(state, overlay, columns).slice(overlay.scroll)
			: why !== undefined
				? [[span('dim', ` ${why}`)]]
				: pictureLines(state, overlay);
	const above = overlay.view === 'table' ? 0 : Math.floor((height - lines.length) / 2);
	const blank = Array.from({length: Math.max(0, above)}, (): Line => []);
	const filled = [...blank, ...lines, ...Array.from({length: height}, (): Line => [])].slice(
		0,
		height,
	);
	return [...filled, overlay.view === 'table' ? [] : barLine(state, overlay, columns)];
}

/** The pictures with what stands below each, in the middle. */
function pictureLines(state: DashboardState, overlay: Compare): Line[] {
	const {columns, rows} = pictureArea(state);
	const panes = shownPanes(state, overlay);
	if (overlay.view !== 'beside' && panes.length > 1) {
		return centred(sideBySide([laidTile(state, overlay, panes)]), columns);
	}

	const {across, width, height} = gridOf(state, overlay, panes);
	const groups = Array.from({length: Math.ceil(panes.length / across)}, (_, row) =>
		panes.slice(row * across, (row + 1) * across),
	);
	const lines = groups.flatMap(group =>
		centred(
			sideBySide(group.map(pane => paneTile(state, overlay, pane, {width, rows: height}))),
			columns,
		),
	);
	return lines.slice(0, rows + 1);
}

/** So many pictures beside each other that each is as large as it can be. */
function gridOf(state: DashboardState, overlay: Compare, panes: readonly Pane[]) {
	const {columns, rows} = pictureArea(state);
	const size = leadingClip(state, overlay)?.picture ?? usualSize;
	const grids = panes.map((_, index) => {
		const across = index + 1;
		const width = Math.floor((columns - gap * index) / across);
		const height = Math.floor((rows + 1) / Math.ceil(panes.length / across)) - 1;
		const picture = fitted(size, {width, rows: Math.max(1, height), enlarge: true});
		return {across, width, height: Math.max(1, height), pixels: picture.width * picture.height};
	});
	return grids.reduce((best, grid) => (grid.pixels > best.pixels ? grid : best), {
		...{across: 1, width: columns, height: rows, pixels: 0},
	});
}

type Room = {width: number; rows: number};

function paneTile(state: DashboardState, overlay: Compare, {label, file}: Pane, room: Room): Tile {
	const clip = overlay.clips[file ?? ''];
	const size = sizeIn(clip?.picture ?? usualSize, room);
	const at = clip ? frameOf(clip, leadingClip(state, overlay), overlay.at) : 0;
	const ended = clip?.isWhole && at < overlay.at && clip.picture.frames.length > 1;
	const waits = file !== undefined && !clip?.picture.frames.length && clip?.problem === undefined;
	const words = `${label}${waits ? ' …' : ''}${ended && isBehind(state, overlay, clip) ? ' · ended' : ''}`;
	const rows =
		clip?.picture.frames[at] !== undefined
			? pictureRows(state, clip.picture, at, size)
			: wrap(cleanText(clip?.problem ?? ''), size.width).map(
					(text): Line => [span('warn', pad(text, size.width))],
				);
	const role = clip?.problem === undefined && file !== undefined ? 'dim' : 'warn';
	return {
		labels: [[span(role, pad(words, size.width))]],
		...{width: size.width, height: size.height / 2, rows: rows.slice(0, size.height / 2)},
	};
}

/** Whether a clip has no frame at the moment that the page is at. */
function isBehind(state: DashboardState, overlay: Compare, clip: Clip): boolean {
	const lead = leadingClip(state, overlay);
	const seconds = (one: Clip, frames: number) => frames / (one.fps ?? 1);
	return (
		lead !== undefined && seconds(lead, overlay.at) >= seconds(clip, clip.picture.frames.length)
	);
}

/** Two pictures in one place: with a border between them, or as their difference. */
function laidTile(state: DashboardState, overlay: Compare, panes: readonly Pane[]): Tile {
	const {columns, rows} = pictureArea(state);
	const [one, two] = panes as [Pane, Pane];
	const [first, second] = [overlay.clips[one.file ?? ''], overlay.clips[two.file ?? '']];
	if (!first?.picture.frames.length || !second?.picture.frames.length) {
		// What is wrong with one of them stands in its place.
		const missing = first?.picture.frames.length ? two : one;
		return paneTile(state, overlay, missing, {width: columns, rows});
	}

	const lead = leadingClip(state, overlay);
	const picture = laidPicture(
		first.picture,
		frameOf(first, lead, overlay.at),
		second.picture,
		frameOf(second, lead, overlay.at),
		overlay,
	);
	const size = sizeIn(picture, {width: columns, rows});
	const half = Math.floor(size.width / 2);
	const label =
		overlay.view === 'wipe'
			? `${pad(`◀ ${one.label}`, half - 1)} ${pad(two.label, Math.max(0, size.width - half - 2))} ▶`
			: pad(`|${one.label} − ${two.label}| × ${overlay.gain}`, size.width);
	return {
		labels: [[span('dim', label)]],
		...{width: size.width, height: size.height / 2, rows: pictureRows(state, picture, 0, size)},
	};
}

type Laid = {by: string; second: Uint8Array; picture: VideoPicture};
const laid = new WeakMap<Uint8Array, Laid>();

/** A frame is asked for several times while it stands on the screen. */
function laidPicture(
	first: VideoPicture,
	firstAt: number,
	second: VideoPicture,
	secondAt: number,
	{view, border, gain}: Compare,
): VideoPicture {
	const [one, two] = [first.frames[firstAt], second.frames[secondAt]] as [Uint8Array, Uint8Array];
	const by = `${view} ${border} ${gain}`;
	const known = laid.get(one);
	if (known?.by === by && known.second === two) {
		return known.picture;
	}

	const {width, height} = first;
	const other = scaledFrame(second, secondAt, {width, height});
	const frame =
		view === 'wipe' ? wipedFrame(one, other, width, border) : frameDifference(one, other, gain);
	const picture = {width, height, frames: [frame]};
	laid.set(one, {by, second: two, picture});
	return picture;
}

/** As large as there is room; a frame that was read for this size stays as it is. */
function sizeIn(of: {width: number; height: number}, {width, rows}: Room) {
	const size = fitted(of, {width, rows, enlarge: true});
	const isNear = Math.abs(size.width - of.width) <= 2 && Math.abs(size.height - of.height) <= 2;
	return isNear && of.width <= width && of.height <= 2 * rows && of.height % 2 === 0
		? {width: of.width, height: of.height}
		: size;
}

function centred(lines: readonly Line[], columns: number): Line[] {
	const width = Math.max(...lines.map(line => widthOf(textOf(line))));
	const before = ' '.repeat(Math.max(0, Math.floor((columns - width) / 2)));
	return lines.map(line => [before, ...line]);
}

/** `▶ 12/121  0:00.5 ━━━●────  lengths 121, 93` */
function barLine(state: DashboardState, overlay: Compare, columns: number): Line {
	const lead = leadingClip(state, overlay);
	const length = lengthOf(state, overlay);
	// The page keeps its place while the frames up to it are read again.
	const at = Math.min(overlay.at, length - 1);
	const all = lead?.isWhole === false ? `${length}…` : String(length);
	const seconds = lead?.fps ? `  ${(at / lead.fps).toFixed(2)} s` : '';
	const head = ` ${overlay.isPlaying ? '▶' : '‖'} ${at + 1}/${all}${seconds} `;
	const unlike = unlikeWords(state, overlay);
	const tail = unlike === '' ? ' ' : `  ${unlike} `;
	const room = Math.max(0, columns - widthOf(head) - widthOf(tail) - 1);
	const before = Math.round((room * at) / Math.max(1, length - 1));
	return [
		head,
		span('accent', '━'.repeat(before)),
		span('strong', '●'),
		span('dim', '─'.repeat(room - before)),
		span('warn', tail),
	];
}

/** A column for each run, and only what differs; texts of two runs by words. */
export function tableLines(state: DashboardState, overlay: Compare, width: number): Line[] {
	const runs = runsOf(state, overlay).map(({run}) => run);
	if (runs.length < 2) {
		return [[span('dim', ' one run alone: mark two or more to see what differs')]];
	}

	const rows = compareRuns(runs);
	const column = Math.max(8, Math.floor((width - keyWidth - 2) / runs.length) - 1);
	const cells = (values: ReadonlyArray<string | undefined>) =>
		values.map(value => `${pad(cleanText(shortValue(value)).replaceAll('\n', ' '), column)} `);
	const texts = rows.filter(({group}) => group === 'text');
	return [
		[' ', pad('', keyWidth), span('strong', cells(runs.map(({id}) => id)).join(''))],
		...rows
			.filter(({group}) => group !== 'text')
			.map(({key, values}): Line => [' ', span('dim', pad(key, keyWidth)), cells(values).join('')]),
		...texts.flatMap(({key, values}): Line[] => [
			[],
			[span('dim', ` ${key}`)],
			...(values.length === 2
				? [markChanges(compareTexts(values[0] ?? '', values[1] ?? ''))]
				: values.map((value, index) => `${runs[index]?.id}: ${readableText(value ?? '')}`)
			).flatMap(text => wrap(cleanText(text), width - 4).map((row): Line => ['  ', row])),
		]),
		...(rows.length === 0 ? [[span('dim', ' nothing differs')]] : []),
	];
}

/** What stands in the border. */
export function compareTitle(state: DashboardState, overlay: Compare): Line {
	const words = {beside: 'side by side', wipe: 'wipe', difference: 'difference', table: 'table'};
	const {title} = shownSet(state, overlay);
	const set = overlay.view === 'table' ? 'what differs' : title;
	return [span('accent', 'Compare'), `  ${set}  `, span('dim', words[overlay.view])];
}
