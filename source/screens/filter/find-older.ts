import type {DashboardState} from '../../state/dashboard-state.js';
import type {ArrangedList} from '../../state/list-views.js';
import {mostRows, olderWanted} from '../../state/older-rows.js';
import type {World} from '../../state/world.js';
import type {Work} from '../feature.js';

/**
 * Milliseconds that a filter, or the stored things, stay the same before older ones are looked for: not
 * at each key, and not at each step of a run.
 */
const [filterRests, storeRests] = [250, 2000];

/** Looks for what a filter finds beyond the rows that a list holds. */
export function findOlder({workflow, state, dispatch, failed}: World): Work {
	const finders = (['prompts', 'runs'] as const).map(list => createFinder(list));
	return {
		follow(next) {
			for (const finder of finders) {
				finder.follow(next);
			}
		},
		close() {
			for (const finder of finders) {
				finder.close();
			}
		},
	};

	function createFinder(list: ArrangedList) {
		let timer: NodeJS.Timeout | undefined;
		/** What it will look for when the timer ends. */
		let awaited: string | undefined;
		/** What was looked for last, and the rows as they were then. */
		let last: {wanted?: string; rows?: unknown} = {};
		let isBusy = false;

		async function find() {
			const wanted = olderWanted(state(), list);
			timer = undefined;
			isBusy = true;
			try {
				last = {wanted, rows: state()[list]};
				await read(wanted);
				if (olderWanted(state(), list) === wanted) {
					last = {wanted, rows: state()[list]};
				}
			} catch (error) {
				failed(error, 'cannot search older rows: ');
			} finally {
				isBusy = false;
				follow(state());
			}
		}

		async function read(wanted: string | undefined) {
			const {filters, runsOf} = state();
			const where = filters[list] === '' ? undefined : filters[list];
			if (list === 'prompts') {
				const prompts = wanted === undefined ? [] : await workflow.listPrompts(mostRows, where);
				dispatch({type: 'older-prompts', prompts, wanted});
			} else {
				const query = {limit: mostRows, where, ...(runsOf !== undefined && {promptId: runsOf})};
				const runs = wanted === undefined ? [] : await workflow.listRuns(query);
				dispatch({type: 'older-runs', runs, wanted});
			}
		}

		function follow(next: DashboardState) {
			const wanted = olderWanted(next, list);
			const isOver = wanted === undefined && (next[list]?.length ?? 0) <= mostRows;
			const isSame = wanted === last.wanted;
			if (isBusy || isOver || (isSame && next[list] === last.rows)) {
				return;
			}

			if (timer && awaited === wanted) {
				return;
			}

			awaited = wanted;
			clearTimeout(timer);
			timer = setTimeout(find, isSame ? storeRests : filterRests);
		}

		return {follow, close: () => clearTimeout(timer)};
	}
}
