import type {DashboardState} from '../dashboard-state.js';
import type {Effect} from '../effect.js';
import type {CommandName} from '../keys/bindings.js';
import type {Overlay} from '../overlay.js';
import {contentRows} from '../reduce-home.js';
import {shownRunOf} from '../selectors.js';
import {errorPattern, type LogPattern, patternOf} from './log-pattern.js';
import {copiedLines, keepLines, stretchLogMark, toggleLogMark, topLine} from './log-view.js';

/** Rows that a command stretches a mark by, where it is one that moves. */
function stretch(command: CommandName, page: number): number | undefined {
	const steps: Partial<Record<CommandName, number>> = {
		down: 1,
		up: -1,
		'page-down': page - 1,
		'page-up': 1 - page,
		'detail-down': Math.ceil(page / 2),
		'detail-up': -Math.ceil(page / 2),
		first: Number.NEGATIVE_INFINITY,
		last: Number.POSITIVE_INFINITY,
	};
	return steps[command];
}

/** Commands of the log pane; undefined when it is another command. */
export function reduceLogCommand(
	state: DashboardState,
	command: CommandName,
): DashboardState | undefined {
	const {log} = state;
	if (state.focus !== 'detail' || state.tab !== 'log') {
		return undefined;
	}

	const height = contentRows(state);
	const rows = log.mark && stretch(command, height);
	if (rows !== undefined) {
		return {...state, log: stretchLogMark(log, rows, height)};
	}

	switch (command) {
		case 'log-mark':
			return {...state, log: toggleLogMark(log, height)};
		case 'log-copy':
			return {...state, log: {...log, mark: undefined}};
		case 'back':
			return withoutSearch(state);
		default:
			return undefined;
	}
}

/** Esc takes back one thing after the other; undefined when nothing is left. */
function withoutSearch(state: DashboardState): DashboardState | undefined {
	const {log} = state;
	if (log.mark) {
		return {...state, log: {...log, mark: undefined}};
	}

	if (log.search) {
		return {...state, log: {...log, search: undefined}};
	}

	return log.keep === '' ? undefined : {...state, log: keepLines(log, '')};
}

/** Enter in the row where words for the log are typed. */
export function findStarted(
	state: DashboardState,
	{purpose, field}: Extract<Overlay, {kind: 'find'}>,
): DashboardState {
	const closed = {...state, overlay: undefined};
	switch (purpose) {
		case 'keep':
			return {...closed, log: keepLines(state.log, field.text.trim())};
		case 'search':
			return field.text === '' ? {...closed, log: {...state.log, search: undefined}} : closed;
		case 'save':
			return closed;
	}
}

/** What the log's commands ask of the world. */
export function logEffect(state: DashboardState, command: CommandName): Effect | undefined {
	const run = shownRunOf(state)?.run;
	if (!run) {
		return undefined;
	}

	const {search} = state.log;
	switch (command) {
		case 'search-next':
			return search && lookFor(state, search.pattern, 1, search.at);
		case 'search-previous':
			return search && lookFor(state, search.pattern, -1, search.at);
		case 'next-error': {
			const at = search?.pattern === errorPattern ? search.at : undefined;
			return lookFor(state, errorPattern, 1, at);
		}

		case 'back':
			return search?.state === 'looking' ? {kind: 'log-search-stop'} : undefined;
		case 'log-copy': {
			const lines = copiedLines(state.log, contentRows(state));
			const what = lines.length === 1 ? '1 line' : `${lines.length} lines`;
			return {kind: 'copy', text: `${lines.join('\n')}\n`, what};
		}

		case 'log-pager':
			return {kind: 'page-log', runId: run.id};
		default:
			return undefined;
	}
}

/** What enter begins where words for the log are typed. */
export function findEffect(
	state: DashboardState,
	{purpose, field}: Extract<Overlay, {kind: 'find'}>,
): Effect | undefined {
	const run = shownRunOf(state)?.run;
	if (!run || field.text.trim() === '') {
		return undefined;
	}

	if (purpose === 'save') {
		return {kind: 'save-log', runId: run.id, file: field.text.trim()};
	}

	// Who follows the end looks for what has been; else for what comes next.
	return purpose === 'search'
		? lookFor(state, patternOf(field.text), state.log.follow ? -1 : 1, undefined)
		: undefined;
}

function lookFor(
	state: DashboardState,
	pattern: LogPattern,
	direction: 1 | -1,
	from: number | undefined,
): Effect {
	const height = contentRows(state);
	const top = topLine(state.log, height);
	return {
		kind: 'log-search',
		pattern,
		direction,
		from,
		line: state.log.follow ? top + height : top,
	};
}
