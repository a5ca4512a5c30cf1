import {describe, expect, it} from 'vitest';
import type {Run, ShownRun} from '../../../source/domain/types.js';
import {type Compare, shownPanes} from '../../../source/screens/compare/compare-state.js';
import {placedPictures} from '../../../source/screens/pictures/placed-pictures.js';
import {runLines} from '../../../source/screens/runs/list-lines.js';
import {sheetFiles, sheetLines} from '../../../source/screens/sheet/sheet-lines.js';
import type {Sheet} from '../../../source/screens/sheet/sheet-state.js';
import {textOf} from '../../../source/state/content/line.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import type {Event} from '../../../source/state/event.js';
import {apply, commanded, done, effectOf, failed, filled, noon} from '../../dashboard/examples.js';

const run = (number: number, change: object = {}): ShownRun => {
	const shown = done(number);
	return {...shown, run: {...shown.run, ...change} as Run};
};

/** Newest first, as a list has them. */
const withRuns = (runs: readonly ShownRun[], change: Partial<DashboardState> = {}) =>
	apply(filled({pictureColours: 'true', ...change}), {
		...{type: 'runs-read', runs: runs.toReversed(), ownRuns: [], at: noon},
	});
const six = [1, 2, 3, 4, 5, 6].map(number => run(number));
const press = (state: DashboardState, ...names: string[]) =>
	apply(state, ...names.map((name): Event => ({type: 'key', name, text: name, at: noon})));
const pageOf = ({overlay}: DashboardState): Sheet => {
	expect(overlay?.kind).toBe('sheet');
	return overlay as Sheet;
};
const opened = (runs: readonly ShownRun[] = six, change: Partial<DashboardState> = {}) =>
	press(withRuns(runs, change), 'V');
const selected = (state: DashboardState) => Number(pageOf(state).selected.at(-1));
const text = (state: DashboardState) => sheetLines(state, pageOf(state)).map(textOf).join('\n');

const picture = {width: 128, height: 70, frames: [new Uint8Array(128 * 70 * 3).fill(90)]};
const pictured = (state: DashboardState) =>
	apply(
		state,
		...sheetFiles(state, pageOf(state)).map(
			(file): Event => ({type: 'picture', file, view: {state: 'made', picture}}),
		),
	);

describe('the contact sheet', () => {
	it('has the runs of the selected prompt that have a picture, oldest first', () => {
		const other = run(7, {promptId: 'ps_000000000002'});
		const state = opened([...six, failed(8), other]);
		expect(pageOf(state).runs.map(id => Number(id.at(-1)))).toEqual([1, 2, 3, 4, 5, 6]);
	});

	it('opens at the selected run, and has its whole sweep', () => {
		const sweep = (number: number) => ({
			sweep: {id: 'sweep_1', axes: {seed: number % 3, guidance: 3 + (number % 2)}},
		});
		const runs = [run(1), ...[2, 3, 4].map(number => run(number, sweep(number)))];
		const state = press(commanded(withRuns(runs), 'to-runs'), 'V');
		expect(pageOf(state)).toMatchObject({
			...{axes: ['seed', 'guidance'], selected: 'run_000000000004'},
			runs: ['run_000000000002', 'run_000000000003', 'run_000000000004'],
		});
	});

	it('has the results of the dataset of the selected run, newest first', () => {
		const row = (number: number) =>
			run(number, {dataset: 'ds_1', promptId: `ps_00000000000${number}`});
		const runs = [run(1), row(2), {...failed(3), run: {...failed(3).run, dataset: 'ds_1'}}, row(4)];
		const state = press(commanded(withRuns(runs as ShownRun[]), 'to-runs'), 'V');
		expect(pageOf(state)).toMatchObject({
			...{title: 'dataset ds_1, newest first', selected: 'run_000000000004'},
			runs: ['run_000000000004', 'run_000000000002'],
		});
	});

	it.each([
		[80, 24, 6, 3],
		[120, 40, 6, 3],
		[80, 24, 2, 2],
		[80, 24, 1, 1],
	])('fills %i×%i with all of its pictures, if it has %i', (columns, rows, count, across) => {
		const runs = six.slice(0, count);
		const state = pictured(opened(runs, {size: {columns, rows}}));
		expect(sheetFiles(state, pageOf(state))).toHaveLength(count);
		const lines = sheetLines(state, pageOf(state)).map(textOf);
		expect(lines).toHaveLength(rows - 4);
		const widths = lines.map(line => line.replaceAll(/[^▀]/g, '').length);
		// A single picture is as high as the page.
		const widest = count === 1 ? 2 * (rows - 7) : columns - 2 - 4 * across;
		expect(Math.max(...widths)).toBeGreaterThanOrEqual(widest);
		expect(lines.filter(line => line.includes('▀')).length).toBeGreaterThan(rows / 3);
	});

	it('makes pictures larger and smaller, also in a grid of few columns', () => {
		const widest = (state: DashboardState) =>
			Math.max(
				...sheetLines(state, pageOf(state)).map(
					line => textOf(line).replaceAll(/[^▀].*/g, '').length,
				),
			);
		const sizes = (state: DashboardState) =>
			[press(state, '+'), state, press(state, '-')].map(one => widest(pictured(one)));
		const [larger = 0, usual = 0, smaller = 0] = sizes(
			opened(six, {size: {columns: 80, rows: 24}}),
		);
		expect([larger > usual, usual > smaller]).toEqual([true, true]);
		const settings = (seed: number) => ({settings: {...done(1).run.settings, seed}});
		const sweep = (number: number) => ({sweep: {id: 'sw_1', axes: {seed: number % 2, steps: 5}}});
		const two = [1, 2].map(number => run(number, {...settings(number), ...sweep(number)}));
		const grid = opened(two, {size: {columns: 80, rows: 24}});
		expect(widest(pictured(grid))).toBeGreaterThan(widest(pictured(press(grid, '-'))));
	});

	it('has pictures made only of what is on the screen', () => {
		const many = Array.from({length: 60}, (_, index) =>
			run(1, {id: `run_0000000000${String(index + 10)}`}),
		);
		const state = opened(many);
		expect(sheetFiles(state, pageOf(state)).length).toBeLessThan(20);
	});

	it('is drawn by the terminal where it can', () => {
		const graphics = {kind: 'kitty', cell: {width: 8, height: 16}} as const;
		expect(placedPictures({...pictured(opened()), graphics})).toHaveLength(6);
	});

	it('lists its runs in words where there are no pictures', () => {
		const state = opened(six, {pictureColours: 'none'});
		expect(text(state)).toContain('no pictures');
		expect(text(state)).toContain('000000000003');
	});
});

describe('choosing', () => {
	it('rates, picks and rejects with one key each, and takes a pick back with the same', () => {
		const state = press(opened(), 'right');
		const id = 'run_000000000002';
		const change = (command: string, of = state) => {
			const effect = effectOf(of, command);
			return effect?.kind === 'annotate' ? effect.changes : effect;
		};
		expect(change('rate-4')).toEqual([{id, change: {rating: 4}}]);
		expect(change('pick')).toEqual([{id, change: {pick: true}}]);
		expect(change('reject')).toEqual([{id, change: {pick: false}}]);
		const picked = six.map((one, at) => (at === 1 ? run(2, {pick: true}) : one));
		expect(change('pick', press(opened(picked), 'right'))).toEqual([{id, change: {pick: null}}]);
	});

	it('goes to the next run without stars, from the end to the beginning', () => {
		const rated = six.map((one, at) => (at % 2 === 0 ? one : run(at + 1, {rating: 3})));
		const state = opened(rated);
		expect(selected(press(state, 'n'))).toBe(3);
		expect(selected(press(state, 'n', 'n'))).toBe(5);
		expect(selected(press(state, 'n', 'n', 'n'))).toBe(1);
	});

	it('shows stars, picks and how many there are', () => {
		const runs = [run(1, {rating: 4}), run(2, {pick: true}), run(3, {pick: false})];
		const shown = text(opened(runs));
		expect(shown).toMatch(/★★★★☆ 000000000001/);
		expect(shown).toMatch(/picked 000000000002 +rejected|rejected 000000000003/);
		expect(shown).toContain('1 of 3 · 1 rated · 1 picked · 1 rejected');
	});

	it('says which alternative of its text each run has, there and beside each other', () => {
		const alternative = (text: string) => ({sweep: {id: 'sw_1', axes: {text}}});
		const runs = [run(1, alternative('morning')), run(2, alternative('evening'))];
		expect(text(opened(runs))).toMatch(/text morning +text evening/);
		const listed = commanded(withRuns(runs), 'to-runs');
		const rows = runLines(listed, listed.runs ?? [], 78).map(({line}) => textOf(line));
		expect(rows).toEqual([
			expect.stringContaining(' evening '),
			expect.stringContaining(' morning '),
		]);
		const comparing = press(opened(runs), 'space', 'space', '=');
		const titles = shownPanes(comparing, comparing.overlay as Compare).map(({label}) => label);
		expect(titles).toEqual([
			expect.stringContaining('text morning'),
			expect.stringContaining('text evening'),
		]);
	});

	it('compares what was marked, and comes back', () => {
		const comparing = press(opened(), 'space', 'space', '=');
		expect(comparing.overlay).toMatchObject({
			...{kind: 'compare', runs: ['run_000000000001', 'run_000000000002']},
		});
		expect(selected(press(comparing, 'esc'))).toBe(3);
		expect(press(opened(), 'enter').overlay).toMatchObject({runs: ['run_000000000001']});
	});
});

describe('the grid', () => {
	const settings = (seed: number, guidance: number) => ({
		settings: {...done(1).run.settings, seed, guidance},
	});
	// Without seed 2 at guidance 5.
	const runs = [run(1, settings(10, 3)), run(2, settings(10, 5)), run(3, settings(2, 3))];

	it('is made of two settings that differ, numbers in their order', () => {
		const state = press(opened(runs), 'a');
		expect(pageOf(state).axes).toEqual(['guidance', 'seed']);
		expect(text(state)).toContain('guidance down, seed across');
		expect(text(state)).toMatch(/guidance 3 · seed 2 +guidance 3 · seed 10/);
		expect(pageOf(press(state, 'a')).axes).toEqual(['seed', 'guidance']);
		expect(pageOf(press(state, 'a', 'a')).axes).toBeUndefined();
	});

	it('is walked over places without a run', () => {
		const state = press(opened(runs), 'a');
		expect(selected(state)).toBe(1);
		expect(selected(press(state, 'j'))).toBe(2);
		expect(selected(press(state, 'h'))).toBe(3);
		expect(selected(press(state, 'h', 'j'))).toBe(3);
	});
});
