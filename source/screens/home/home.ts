import type {Prompt, ShownRun} from '../../domain/types.js';
import type {DashboardState, Step} from '../../state/dashboard-state.js';
import type {EventOf} from '../../state/event.js';
import {focusOn} from '../../state/focus.js';
import {detail, lists} from '../../state/keys/contexts.js';
import {homeKeys} from '../../state/keys/key-row.js';
import {mostRows, promptId, shownRunId, withOlder} from '../../state/older-rows.js';
import {unfinishedRuns} from '../../state/selectors.js';
import type {QueueView} from '../../workflow/queue/queue-types.js';
import type {Feature} from '../feature.js';
import {closeLogView} from '../log/log-commands.js';
import {clearList, isNarrowed, knownMarks} from './marks.js';

declare module '../../state/event.js' {
	interface Events {
		resized: {columns: number; rows: number};
		'prompts-read': {prompts: readonly Prompt[]};
		'runs-read': {runs: readonly ShownRun[]; ownRuns: readonly string[]; at: number};
		'queue-read': {view: QueueView; at: number};
		'store-failed': {message: string};
		ticked: {now: number};
	}
}

const openHelp = 'open the detail; under 90 columns it takes the whole screen';
const clearHelp = 'clear the marks, then the filter, then show all runs again';
const backHelp = 'clear the selection, the search, the line filter; then go back to the list';
const nothingToClear = (state: DashboardState) => (isNarrowed(state) ? undefined : '');
const back = (state: DashboardState) => closeLogView(state) ?? focusOn(state, state.subject);

/** The home screen: what enter and esc do there, and what is read from the store. */
export const home = {
	keys: [
		...homeKeys(lists, [
			['open', 'enter', 'open', openHelp, state => focusOn(state, 'detail'), {isMove: true}],
			['clear', 'esc', 'clear', clearHelp, clearList, {disabled: nothingToClear}],
		]),
		...homeKeys(detail, [['back', 'esc', 'back', backHelp, back, {isMove: true}]]),
	],
	on: {
		resized: (state, {columns, rows}) => [
			state.size.columns === columns && state.size.rows === rows
				? state
				: {...state, size: {columns, rows}},
		],
		'prompts-read': (state, {prompts}) => [
			knownMarks({
				...state,
				prompts: withOlder(prompts, state.prompts?.slice(mostRows) ?? [], promptId),
				storeProblem: '',
			}),
		],
		'runs-read': readRuns,
		'queue-read': (state, {view, at}) => [knownMarks({...state, queue: view, queueReadAt: at})],
		'store-failed': (state, {message}) => [{...state, storeProblem: message}],
		ticked: (state, {now}) => [{...state, now}],
	},
} satisfies Feature;

function readRuns(state: DashboardState, {runs, ownRuns, at}: EventOf<'runs-read'>): Step {
	const older = state.runs?.slice(mostRows) ?? [];
	const shown = withOlder(runs, older, shownRunId);
	const next = {...state, runs: shown, ownRuns, now: at, storeProblem: ''};
	const unfinished = new Set(unfinishedRuns(next).map(({run}) => run.id));
	const motions = Object.fromEntries(
		Object.entries(state.motions).filter(([id]) => unfinished.has(id)),
	);
	return [knownMarks({...next, motions})];
}
