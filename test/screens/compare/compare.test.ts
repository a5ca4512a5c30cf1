import {describe, expect, it} from 'vitest';
import {compareLines, tableLines} from '../../../source/screens/compare/compare-lines.js';
import {type Compare, frameOf, shownPanes} from '../../../source/screens/compare/compare-state.js';
import {placedPictures} from '../../../source/screens/pictures/placed-pictures.js';
import {type Line, textOf} from '../../../source/state/content/line.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import type {Event} from '../../../source/state/event.js';
import {
	apply,
	commanded,
	commandFor,
	done,
	failed,
	filled,
	noon,
} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

const fps = 24;
const key = (name: string): Event => ({type: 'key', name, text: name, at: noon});
const press = (state: DashboardState, ...names: string[]) => apply(state, ...names.map(key));
const pageOf = ({overlay}: DashboardState): Compare => {
	expect(overlay?.kind).toBe('compare');
	return overlay as Compare;
};

/** Two runs side by side: the newest, and the one before it. */
const opened = (change: Partial<DashboardState> = {}) =>
	press(commanded(filled({pictureColours: 'true', ...change}), 'to-runs'), '=');

/** With the frames of each picture that the page shows: each of one grey, brighter from frame to frame. */
function read(state: DashboardState, count = 10, size = {width: 16, height: 8}): DashboardState {
	const files = shownPanes(state, pageOf(state)).flatMap(({file}) => file ?? []);
	return apply(
		state,
		...files.flatMap((file, index): Event[] => [
			{type: 'clip-facts', file, facts: {...size, fps, length: count}},
			{
				type: 'clip-frames',
				file,
				frames: Array.from({length: count}, (_, at) =>
					new Uint8Array(size.width * size.height * 3).fill(10 * at + 3 * index),
				),
			},
			{type: 'clip-read', file, failure: undefined},
		]),
	);
}

const linesOf = (state: DashboardState) => compareLines(state, pageOf(state));
const text = (state: DashboardState) => linesOf(state).map(textOf).join('\n');
/** The levels of one colour that a row of half blocks has, from left to right. */
const levelsOf = (line: Line) =>
	line.flatMap(part => (typeof part !== 'string' && part.pixels ? [part.pixels.upper] : []));
const pictured = (state: DashboardState) =>
	linesOf(state).find(line => levelsOf(line).length > 0) ?? [];

describe('the compare page', () => {
	it('opens with one key: a run beside the one before it, the first one beside its inputs', () => {
		const panes = shownPanes(opened(), pageOf(opened()));
		expect(panes.map(({label}) => label)).toEqual(['run_000000000001', 'color']);
		const two = press(commanded(filled({pictureColours: 'true'}), 'to-runs', 'down', 'down'), '=');
		expect(shownPanes(two, pageOf(two)).map(({file}) => file)).toEqual([
			'/data/runs/run_000000000001/outputs/output.mp4',
			'/data/runs/run_000000000003/outputs/output.mp4',
		]);
	});

	it('opens the marked runs with three keys, in the order of marking', () => {
		const state = press(commanded(filled(), 'to-runs'), 'space', 'space', '=');
		expect(pageOf(state).runs).toEqual(['run_000000000001', 'run_000000000002']);
		expect(shownPanes(state, pageOf(state))[1]).toEqual({
			label: 'run_000000000002: no video or image here, it is failed',
		});
	});

	it('gives back the page below it when it is closed', () => {
		expect(press(opened(), 'esc').overlay).toBeUndefined();
	});

	it('says why there are no pictures', () => {
		expect(text(opened({pictureColours: 'none'}))).toContain('no pictures: colours are off');
	});
});

/** Two results that have been read. */
const pair = () =>
	read(press(commanded(filled({pictureColours: 'true'}), 'to-runs', 'down', 'down'), '='));

describe('pictures', () => {
	it('are the same frame in all, side by side', () => {
		const [one, two] = levelsOf(pictured(press(pair(), '.', '.')));
		expect([one?.[0], two?.[0]]).toEqual([20, 23]);
	});

	it('are divided by a border that moves', () => {
		const wiped = press(pair(), '2');
		const row = levelsOf(pictured(wiped))[0] as Uint8Array;
		expect([row[0], row.at(-1)]).toEqual([0, 3]);
		const border = (state: DashboardState) =>
			(levelsOf(pictured(state))[0] as Uint8Array).indexOf(255);
		expect(border(press(wiped, 'l', 'l'))).toBeGreaterThan(border(wiped));
		expect(border(press(wiped, 'h', 'h'))).toBeLessThan(border(wiped));
	});

	it('are subtracted and amplified', () => {
		const level = (state: DashboardState) => levelsOf(pictured(state))[0]?.[0];
		const difference = press(pair(), '3');
		expect(level(difference)).toBe(12);
		expect(level(press(difference, '+'))).toBe(24);
		expect(level(press(difference, '-', '-', '-', '-'))).toBe(3);
	});

	it('fill the space that there is', () => {
		for (const [columns, rows] of [
			[80, 24],
			[120, 40],
		] as const) {
			const state = read(opened({size: {columns, rows}}), 3, {width: 128, height: 70});
			const lines = linesOf(state).map(textOf);
			const wide = Math.max(...lines.map(line => line.replaceAll(/[^▀]/g, '').length));
			const high = lines.filter(line => line.includes('▀')).length;
			expect(wide >= columns - 6 || high >= rows - 8).toBe(true);
			expect(lines).toHaveLength(rows - 4);
		}
	});

	it('are drawn by the terminal where it can, the page over the whole screen', () => {
		const graphics = {kind: 'kitty', cell: {width: 8, height: 16}} as const;
		const placed = placedPictures({...pair(), graphics});
		expect(placed).toHaveLength(2);
		expect(placed[0]).toMatchObject({firstRow: 0, frame: 0});
		expect(placed.every(({seenRows, rows}) => seenRows === rows)).toBe(true);
	});

	it('are, one key later, those of a run and its inputs', () => {
		const state = press(pair(), 'i');
		expect(shownPanes(state, pageOf(state)).map(({label}) => label)).toEqual([
			'run_000000000001',
			'color',
		]);
	});
});

describe('time', () => {
	const at = (state: DashboardState) => pageOf(state).at;

	it('goes on by frames, tenths and to the ends, and stops there', () => {
		const state = pair();
		expect(at(press(state, 'right'))).toBe(1);
		expect(at(press(state, 'right', 'left', 'left'))).toBe(0);
		expect(at(press(state, ']', ']'))).toBe(2);
		expect(at(press(state, 'G', '.'))).toBe(9);
		expect(at(press(state, 'G', 'g'))).toBe(0);
	});

	it('plays over and over, until it is paused', () => {
		const playing = press(pair(), 'space');
		expect(at(apply(playing, {type: 'clip-turned', by: 12}))).toBe(2);
		expect(at(apply(press(playing, 'space'), {type: 'clip-turned', by: 3}))).toBe(0);
	});

	it('keeps its place while pictures of another size are read, and shows the last one that there is', () => {
		const state = press(read(opened()), 'G');
		const [file = ''] = shownPanes(state, pageOf(state)).map(pane => pane.file);
		const again = apply(state, {type: 'clips-forgotten'});
		expect(text(again)).toContain(' 1/1 ');
		const frames = Array.from({length: 3}, () => new Uint8Array(16 * 8 * 3));
		const facts = {width: 16, height: 8, fps, length: 10};
		const some = apply(
			read(again),
			{type: 'clip-facts', file, facts},
			{type: 'clip-frames', file, frames},
		);
		expect(text(some)).toContain(' 3/3… ');
		expect(text(read(some))).toContain(' 10/10 ');
	});

	it('takes frames of the same time where the rates differ', () => {
		const clip = (rate: number, count: number) => ({
			picture: {width: 2, height: 2, frames: Array.from({length: count}, () => new Uint8Array(12))},
			fps: rate,
			isWhole: true,
		});
		expect(frameOf(clip(30, 100), clip(24, 80), 24)).toBe(30);
		expect(frameOf(clip(24, 10), clip(24, 80), 24)).toBe(9);
	});
});

it('shows a clip that cannot be read as its problem, and the others as they are', () => {
	const state = pair();
	const [first] = shownPanes(state, pageOf(state));
	const file = first?.file ?? '';
	const failedClip = apply(
		state,
		{type: 'clip-facts', file, facts: {width: 16, height: 8, problem: 'it is cut off'}},
		{type: 'clip-read', file, failure: 'ffmpeg failed'},
	);
	expect(text(failedClip)).toContain('it is cut off');
	expect(text(failedClip)).toContain('▀');
});

describe('the table', () => {
	it('has a column for each run and only what differs', () => {
		const runs = [done(1), {...done(3), run: {...done(3).run, rating: 4}}, failed(2)];
		const state = apply(press(commanded(filled(), 'to-runs', 'down', 'down'), '=', '4'), {
			type: 'runs-read',
			runs,
			ownRuns: [],
			at: noon,
		});
		const lines = tableLines(state, pageOf(state), 100).map(textOf);
		expect(lines[0]).toMatch(/run_000000000001 +run_000000000003/);
		expect(lines.find(line => line.includes('stars'))).toMatch(/stars +- +4/);
		expect(lines.some(line => line.includes('guidance'))).toBe(false);
	});

	it('is as high as the window', () => {
		expect(commandFor(press(opened(), '4'), 'j')).toBe('down');
		expect(screenOf(press(opened(), '4'))).toContain('one run alone');
	});
});
