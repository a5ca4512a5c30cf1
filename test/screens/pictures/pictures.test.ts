import {expect, it} from 'vitest';
import type {VideoPicture} from '../../../source/domain/inputs/video-picture.js';
import {detailLines} from '../../../source/screens/detail/detail-lines.js';
import {placedPictures} from '../../../source/screens/pictures/placed-pictures.js';
import {isMoving, wantedPictures} from '../../../source/screens/pictures/shown-videos.js';
import {textOf} from '../../../source/state/content/line.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {layoutOf} from '../../../source/state/layout.js';
import {apply, commanded, commandFor, filled} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

const picture: VideoPicture = {
	width: 128,
	height: 70,
	frames: Array.from({length: 12}, (_, index) => new Uint8Array(128 * 70 * 3).fill(index * 20)),
};

const colourful = (change: Partial<DashboardState> = {}) =>
	filled({pictureColours: 'true', ...change});

/** With a picture of each video that is wanted. */
const pictured = (state: DashboardState) =>
	apply(
		state,
		...wantedPictures(state).map(
			file => ({type: 'picture', file, view: {state: 'made', picture}}) as const,
		),
	);

const text = (state: DashboardState) => detailLines(state).map(textOf).join('\n');

/** The first colour of each tile in the first row of pictures. */
function coloursOf(state: DashboardState): number[] {
	const row = detailLines(state).find(line => textOf(line).includes('▀')) ?? [];
	return row.flatMap(part =>
		typeof part !== 'string' && part.pixels ? [part.pixels.upper[0] ?? -1] : [],
	);
}

it('shows the inputs of a prompt side by side, with their names below', () => {
	const lines = text(pictured(colourful())).split('\n');
	const first = lines.findIndex(line => line.includes('▀'));
	expect(lines[first]).toMatch(/^▀{32,} {2}▀{32,}$/);
	const names = lines.findLastIndex(line => line.includes('▀')) + 1;
	expect(lines[names]).toMatch(/^color +depth +$/);
	expect(lines[names + 1]).toBe('p plays · P shows one alone');
});

it('shows the videos of a run with its result first, on the tab of its outputs alone', () => {
	const log = commanded(colourful(), 'to-runs');
	expect(wantedPictures(log)).toEqual([]);
	const outputs = commanded(log, 'next-tab', 'next-tab');
	expect(wantedPictures(outputs)[0]).toMatch(/^\/data\/runs\/run_000000000001\/outputs\/.*\.mp4$/);
	expect(text(pictured(outputs))).toContain('▀▀▀');
});

it('says why there are half blocks where the terminal draws pictures', () => {
	const graphics = {kind: 'sixel', problem: 'its cells are unknown'} as const;
	const state = pictured(apply(colourful(), {type: 'graphics', graphics}));
	expect(text(state)).toMatch(/plays .*\nhalf blocks: its cells are unknown/);
});

it('keeps the room of a picture that is being made', () => {
	const waiting = text(colourful()).split('\n');
	expect(waiting.length).toBe(text(pictured(colourful())).split('\n').length);
	expect(waiting.join('\n')).toMatch(/color … +depth …/);
});

it.each([
	['few', 'no pictures: they need 256 colours, and TERM says fewer'],
	['none', 'no pictures: colours are off (NO_COLOR, or the theme)'],
] as const)('says why there are none with %s colours, and makes none', (pictureColours, why) => {
	const state = filled({pictureColours});
	expect(text(state)).toContain(why);
	expect(wantedPictures(state)).toEqual([]);
	expect(commandFor(state, 'p')).toBeUndefined();
});

it('says once what stands in the way of all', () => {
	const view = {
		state: 'failed',
		message: 'ffmpeg is not on this machine',
		hint: 'Install it.',
	} as const;
	const state = colourful();
	const failed = apply(
		state,
		...wantedPictures(state).map(file => ({type: 'picture', file, view}) as const),
	);
	expect(
		text(failed).match(/no pictures: ffmpeg is not on this machine\. Install it\./g),
	).toHaveLength(1);
});

it('moves when it is played, while it is looked at, until it is held or left', () => {
	const still = pictured(colourful());
	expect(isMoving(still)).toBe(false);
	const playing = commanded(still, 'play');
	expect(isMoving(playing)).toBe(true);
	expect(isMoving(commanded(playing, 'help'))).toBe(false);
	expect(isMoving(commanded(playing, 'play'))).toBe(false);
	expect(isMoving(commanded(playing, 'next-tab', 'previous-tab'))).toBe(false);
	expect(isMoving(commanded(playing, 'down'))).toBe(false);
});

it('begins in the middle, goes round, and is held where it is', () => {
	const playing = commanded(pictured(colourful()), 'play');
	expect(coloursOf(playing)).toEqual([120, 120]);
	const turned = Array.from({length: 6}, () => ({type: 'picture-turned'}) as const);
	expect(coloursOf(commanded(apply(playing, ...turned), 'play'))).toEqual([0, 0]);
});

it('gives one video the whole tab, then the next, then shows all again', () => {
	const alone = commanded(pictured(colourful()), 'next-video');
	expect(text(alone)).toMatch(/\ncolor +\n/);
	expect(text(alone)).toContain('P shows the next');
	expect(text(alone)).not.toContain('A city street');
	expect(text(commanded(alone, 'next-video'))).toMatch(/\ndepth +\n.*P shows all again/);
	expect(text(commanded(alone, 'next-video', 'next-video'))).toMatch(/\ncolor +depth +\n/);
	const rowOf = (state: DashboardState) =>
		text(state)
			.split('\n')
			.filter(line => line.includes('▀'));
	// As wide as the tab: of one video, although there are more pixels than its picture has.
	const large = pictured(colourful({size: {columns: 220, rows: 70}}));
	const [row = ''] = rowOf(commanded(large, 'next-video'));
	expect(row.length).toBe(layoutOf(large).detailWidth - 4);
	expect(coloursOf(commanded(large, 'next-video'))).toHaveLength(1);
	expect(rowOf(commanded(large, 'next-video')).length).toBeGreaterThan(rowOf(large).length);
	// In a low window there is room beside it.
	const low = commanded(pictured(colourful({size: {columns: 120, rows: 15}})), 'next-video');
	expect(coloursOf(low).length).toBeGreaterThan(1);
	expect(new Set(coloursOf(low)).size).toBe(coloursOf(low).length);
});

const drawn = () =>
	pictured(
		apply(filled({pictureColours: 'few'}), {
			type: 'graphics',
			graphics: {kind: 'sixel', cell: {width: 10, height: 20}},
		}),
	);

it('leaves blanks where the terminal draws, as large as half blocks', () => {
	const blocks = text(pictured(colourful()));
	expect(text(drawn())).toBe(blocks.replaceAll('▀', ' '));
	const state = drawn();
	const [first, second] = placedPictures(state);
	const row = screenOf(state)
		.split('\n')
		.findIndex(line => /color +depth/.test(line));
	const names = screenOf(state).split('\n')[row] ?? '';
	expect(first).toMatchObject({
		x: names.indexOf('color'),
		y: row - (first?.rows ?? 0),
		firstRow: 0,
	});
	expect(second?.x).toBe(names.lastIndexOf('depth'));
	expect(first?.seenRows).toBe(first?.rows);
});

it('draws only what is seen of a picture, and nothing over a dialog or another tab', () => {
	const low = {...drawn(), size: {columns: 120, rows: 16}};
	const [cut] = placedPictures(low);
	expect(cut?.seenRows).toBeLessThan(cut?.rows ?? 0);
	const state = drawn();
	const first = placedPictures(state)[0]?.y ?? 0;
	const scrolled = placedPictures({...state, scroll: first - 1});
	expect(scrolled[0]).toMatchObject({y: 3, firstRow: 2});
	expect(placedPictures(commanded(state, 'help'))).toEqual([]);
	expect(placedPictures(commanded(state, 'next-tab'))).toEqual([]);
	const blocks = commanded({...state, pictureColours: 'true'}, 'help');
	expect(text(blocks)).toContain('▀▀▀');
});

it('says that pictures are off where the configuration says so', () => {
	expect(text(filled({pictureColours: 'off'}))).toContain('pictures = "none"');
});

it.each([
	[80, 24],
	[120, 40],
])(
	'shows whole pictures of the outputs at %i columns and %i rows, with their names and keys',
	(columns, rows) => {
		const state = commanded(
			colourful({size: {columns, rows}}),
			...['to-runs', 'open', 'next-tab', 'next-tab'],
		);
		const shown = pictured(state);
		const lines = text(shown).split('\n');
		const last = lines.findLastIndex(line => line.includes('▀'));
		expect(last).toBeGreaterThan(0);
		expect(lines[last + 2]).toMatch(/plays/);
		expect(last + 2).toBeLessThan(layoutOf(shown).detailRows - 1);
		expect(lines.findIndex(line => line.includes('sha256'))).toBeGreaterThan(0);
	},
);
