import {hasEnded} from '../../domain/queue/job.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {originOf, runOfJob} from '../../state/origin.js';
import type {ListName} from '../../state/panels.js';
import {focusedList, selectedIndex, visibleIds} from '../../state/selectors.js';

/** Marks or unmarks the selected row and goes to the next one. */
export function toggleMark(state: DashboardState): DashboardState {
	const list = focusedList(state);
	const ids = visibleIds(state, list);
	const at = selectedIndex(state, list);
	const id = ids[at];
	if (id === undefined) {
		return state;
	}

	const before = state.marks[list];
	const after = before.includes(id) ? before.filter(one => one !== id) : [...before, id];
	return {
		...withMarks(state, list, after),
		selected: {...state.selected, [list]: ids[at + 1] ?? id},
	};
}

/** Marks every row from the last marked one to the selected one. */
export function markRange(state: DashboardState): DashboardState {
	const list = focusedList(state);
	const ids = visibleIds(state, list);
	const to = selectedIndex(state, list);
	const last = state.marks[list].at(-1);
	const from = last === undefined || !ids.includes(last) ? to : ids.indexOf(last);
	const range = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
	return withMarks(state, list, [...new Set([...state.marks[list], ...range])]);
}

/** Esc: the marks go first, then the filter, then the runs of one prompt become those of all. */
export function clearList(state: DashboardState): DashboardState {
	const list = focusedList(state);
	if (state.marks[list].length > 0) {
		return withMarks(state, list, []);
	}

	return state.filters[list] === '' && list === 'runs' && state.runsOf !== undefined
		? {...state, focus: 'prompts', subject: 'prompts', runsOf: undefined}
		: {...state, filters: {...state.filters, [list]: ''}};
}

/** Whether a list shows less than all its rows, or has marks. */
export function isNarrowed({focus, filters, marks, runsOf}: DashboardState): boolean {
	return (
		focus !== 'detail' &&
		(filters[focus] !== '' || marks[focus].length > 0 || (focus === 'runs' && runsOf !== undefined))
	);
}

/** From a run to its prompt, in a list of all prompts; from a job to its run or prompt. */
export function toOrigin(state: DashboardState): DashboardState {
	const run = runOfJob(state);
	if (run) {
		return {
			...state,
			focus: 'runs',
			subject: 'runs',
			runsOf: undefined,
			filters: {...state.filters, runs: ''},
			selected: {...state.selected, runs: run.id},
		};
	}

	const prompt = originOf(state);
	return prompt
		? {
				...state,
				focus: 'prompts',
				subject: 'prompts',
				filters: {...state.filters, prompts: ''},
				selected: {...state.selected, prompts: prompt.id},
			}
		: state;
}

export function withMarks(
	state: DashboardState,
	list: ListName,
	ids: readonly string[],
): DashboardState {
	return {...state, marks: {...state.marks, [list]: ids}};
}

/** Drops the marks of what no longer exists, and of jobs that have ended. */
export function knownMarks(state: DashboardState): DashboardState {
	const {marks, prompts = [], runs = [], queue} = state;
	if (Object.values(marks).every(ids => ids.length === 0)) {
		return state;
	}

	const jobs = queue?.jobs.filter(({job}) => !hasEnded(job)) ?? [];
	const known = new Set([
		...prompts.map(({id}) => id),
		...runs.map(({run}) => run.id),
		...jobs.map(({job}) => job.id),
	]);
	const still = (ids: readonly string[]) => ids.filter(id => known.has(id));
	return {
		...state,
		marks: {
			prompts: still(marks.prompts),
			runs: still(marks.runs),
			queue: still(marks.queue),
		},
	};
}
