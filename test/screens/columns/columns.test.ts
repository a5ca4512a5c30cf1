import {describe, expect, it} from 'vitest';
import type {ShownRun} from '../../../source/domain/types.js';
import {placeAt} from '../../../source/screens/mouse/place.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {columnsOf, firstView, usualColumns} from '../../../source/state/list-views.js';
import {visiblePrompts, visibleRuns} from '../../../source/state/visible-rows.js';
import {
	apply,
	commanded,
	done,
	failed,
	filled,
	going,
	noon,
	prompt,
} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

function withRuns(...runs: ShownRun[]): DashboardState {
	const read = apply(filled(), {type: 'runs-read', runs, ownRuns: [], at: noon});
	return {...commanded(read, 'to-runs'), size: {columns: 120, rows: 40}};
}

/** Runs whose seeds, ratings and prompts differ. */
function withSeeds(...seeds: number[]): DashboardState {
	return withRuns(
		...seeds.map((seed, index): ShownRun => {
			const {run, shown} = done(index + 1);
			const of = `prompt-${(seed % 2) + 1}`;
			return {
				shown,
				run: {
					...run,
					promptName: of,
					promptId: of,
					settings: {...run.settings, seed},
				} as typeof run,
			};
		}),
	);
}

const seedsOf = (state: DashboardState) =>
	visibleRuns(state).map(({run}) => (run.settings as {seed: number}).seed);

/** The state with its dialog at a column. */
function at(state: DashboardState, name: string): DashboardState {
	const {overlay} = state.overlay ? state : commanded(state, 'sort');
	if (overlay?.kind !== 'columns') {
		throw new Error('the columns are not shown');
	}

	return {...state, overlay: {...overlay, selected: overlay.names.indexOf(name)}};
}

describe('sorting a list', () => {
	it('by a setting puts the largest first, and once more the smallest', () => {
		const once = commanded(at(withSeeds(2, 9, 4), 'seed'), 'sort-by');
		expect(seedsOf(once)).toEqual([9, 4, 2]);
		expect(seedsOf(commanded(once, 'sort-by'))).toEqual([2, 4, 9]);
	});

	it('by a measure leaves runs without it last, in both directions', () => {
		const measured = (number: number, psnr?: number): ShownRun => {
			const {run, shown} = done(number);
			const measures = {at: '', values: psnr === undefined ? {} : {psnr}};
			return {shown, run: {...run, measures} as typeof run};
		};
		const idsOf = (state: DashboardState) => visibleRuns(state).map(({run}) => run.id.at(-1));
		const once = commanded(
			at(withRuns(measured(1), measured(2, 20), measured(3, 30)), 'psnr'),
			'sort-by',
		);
		expect(idsOf(once)).toEqual(['3', '2', '1']);
		expect(idsOf(commanded(once, 'sort-by'))).toEqual(['2', '3', '1']);
	});

	it('by status puts what runs before what has ended', () => {
		const state = commanded(at(withRuns(done(1), failed(2), going(3)), 'status'), 'sort-by');
		expect(visibleRuns(state).map(({shown}) => shown)).toEqual(['running', 'completed', 'failed']);
	});

	it('by the number of runs puts the prompt with most first', () => {
		const of = (number: number) => ({
			...done(number),
			run: {...done(number).run, promptId: 'ps_000000000003'},
		});
		const prompts = [1, 2, 3].map(number => prompt(number));
		const state = apply(
			{...withRuns(of(1), of(2)), focus: 'prompts'},
			{type: 'prompts-read', prompts},
		);
		expect(visiblePrompts(commanded(at(state, 'runs'), 'sort-by'))[0]?.id).toBe('ps_000000000003');
	});

	it('keeps the selected row selected', () => {
		const state = commanded(withSeeds(2, 9, 4), 'down');
		expect(commanded(at(state, 'seed'), 'sort-by').selected.runs).toBe(state.selected.runs);
	});

	it('says by what, and that it is reversed', () => {
		const state = commanded(at(withSeeds(1, 2), 'seed'), 'sort-by', 'sort-by', 'page-close');
		expect(screenOf(state)).toMatch(/2 Runs {2}by seed, reversed/);
	});

	it('is not for the queue', () => {
		const state = commanded(withSeeds(1), 'to-queue', 'sort');
		expect(state.overlay).toBeUndefined();
		expect(state.notices.at(-1)?.text).toBe('the queue has an order of its own');
	});
});

describe('grouping a list', () => {
	const grouped = commanded(at(withSeeds(1, 2, 3, 4), 'name'), 'group-by', 'page-close');

	it('puts the rows of a group below its name and number, the newest first', () => {
		const rows = screenOf(grouped)
			.split('\n')
			.map(row => row.slice(1, 40));
		const heads = rows.flatMap((row, index) => (/^ prompt-\d {2}2/.test(row) ? [index] : []));
		expect(heads).toHaveLength(2);
		expect((heads[1] ?? 0) - (heads[0] ?? 0)).toBe(3);
		expect(seedsOf(grouped)).toEqual([1, 3, 2, 4]);
	});

	it('moves from row to row across the heading', () => {
		const ids = visibleRuns(grouped).map(({run}) => run.id);
		const moved = ['down', 'down', 'down'].reduce((state, key) => commanded(state, key), grouped);
		expect(moved.selected.runs).toBe(ids[3]);
	});

	it('a heading is no row to click', () => {
		const rows = screenOf(grouped).split('\n');
		const heading = rows.findIndex(row => /│ prompt-1 {2}2/.test(row));
		expect(placeAt(grouped, 5, heading)).toEqual({kind: 'list', list: 'runs'});
		expect(placeAt(grouped, 5, heading + 1)).toMatchObject({kind: 'row', list: 'runs'});
	});

	it.each(['sweep', 'dataset'] as const)(
		'by %s puts what belongs to none below a heading too',
		by => {
			const of = (number: number, id?: string): ShownRun => {
				const {run, shown} = done(number);
				const sweep = id && {sweep: {id, axes: {}}};
				return {
					shown,
					run: {...run, ...(by === 'sweep' ? sweep : id && {dataset: id})} as typeof run,
				};
			};
			const state = commanded(
				at(withRuns(of(1, 'one'), of(2), of(3, 'one'), of(4, 'two')), by),
				...['group-by', 'page-close'],
			);
			const screen = screenOf(state);
			expect(screen).toMatch(/│ one {2}2 /);
			expect(screen).toMatch(/│ two {2}1 /);
			expect(screen).toContain(`│ no ${by}  1 `);
			expect(visibleRuns(state).map(({run}) => run.id.at(-1))).toEqual(['1', '3', '2', '4']);
		},
	);

	it('ends when it is chosen once more', () => {
		const state = commanded(at(grouped, 'name'), 'group-by', 'page-close');
		expect(seedsOf(state)).toEqual([1, 2, 3, 4]);
	});
});

describe('choosing columns', () => {
	it('shows a chosen one in its place, and hides it again', () => {
		const state = commanded(at(withSeeds(7), 'seed'), 'column-toggle');
		expect(screenOf(commanded(state, 'page-close'))).toContain('seed 7');
		const hidden = commanded(at(state, 'seed'), 'column-toggle', 'page-close');
		expect(screenOf(hidden)).not.toContain('seed 7');
	});

	it('moves a column to the left and to the right', () => {
		const moved = commanded(at(withSeeds(7), 'status'), 'column-earlier', 'column-earlier');
		expect(moved.views.runs.columns?.indexOf('status')).toBe(
			usualColumns.runs.indexOf('status') - 2,
		);
		expect(moved.overlay).toMatchObject({selected: usualColumns.runs.indexOf('status') - 2});
	});

	it('never hides the name', () => {
		expect(commanded(at(withSeeds(7), 'name'), 'column-toggle').views.runs).toEqual(firstView);
	});

	it('goes back to how the list began', () => {
		const state = commanded(at(withSeeds(7), 'seed'), 'column-toggle', 'group-by', 'sort-by');
		expect(commanded(state, 'columns-reset').views.runs).toEqual(firstView);
	});

	it('knows a column for every name that a list begins with', () => {
		for (const list of ['prompts', 'runs'] as const) {
			const all = columnsOf(list, []).map(({name}) => name);
			expect(usualColumns[list].filter(name => !all.includes(name))).toEqual([]);
		}
	});

	it.each([[80], [120]])('rows of %i columns keep their width', columns => {
		const state = {...withSeeds(1, 2, 3), size: {columns, rows: 24}};
		const all = columnsOf('runs', []).map(({name}) => name);
		const shown = {...state, views: {...state.views, runs: {...firstView, columns: all}}};
		expect(
			new Set(
				screenOf(shown)
					.split('\n')
					.slice(1, -2)
					.map(row => row.length),
			),
		).toEqual(new Set([columns]));
	});
});
