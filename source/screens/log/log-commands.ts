import {counted} from '../../domain/text-format.js';
import type {DashboardState, Step} from '../../state/dashboard-state.js';
import type {EffectOf} from '../../state/effect.js';
import {
	errorPattern,
	type LogPattern,
	patternOf,
	timePattern,
} from '../../state/log/log-pattern.js';
import {copiedLines, keepLines, topLine} from '../../state/log/log-view.js';
import {addNotice} from '../../state/notices.js';
import type {OverlayOf} from '../../state/overlay.js';
import {isLogShown, shownRunOf} from '../../state/selectors.js';
import {contentRows} from '../detail/content-rows.js';

/** Esc undoes one thing after the other: the mark, the search, the filter; undefined when nothing is left. */
export function closeLogView(state: DashboardState): Step | undefined {
	const {log} = state;
	if (!isLogShown(state)) {
		return undefined;
	}

	if (log.mark) {
		return [{...state, log: {...log, mark: undefined}}];
	}

	if (log.search) {
		const next = {...state, log: {...log, search: undefined}};
		return log.search.state === 'looking' ? [next, {kind: 'log-search-stop'}] : [next];
	}

	return log.keep === '' ? undefined : [{...state, log: keepLines(log, '')}];
}

/** Follows the end of the log, or stops where it is. */
export function toggleFollow(state: DashboardState): Step {
	const {log} = state;
	if (!log.follow) {
		return [{...state, log: {...log, follow: true}}, {kind: 'log-end'}];
	}

	const {window} = log;
	if (!window) {
		return [state];
	}

	const end = window.first + window.lines.length;
	const top = end - contentRows(state) + 1;
	return [{...state, log: {...log, follow: false, top, seen: end}}];
}

/** To the next or the previous line of the search that has begun. */
export const searchNext = (state: DashboardState) => repeatSearch(state, 1);
export const searchPrevious = (state: DashboardState) => repeatSearch(state, -1);

function repeatSearch(state: DashboardState, direction: 1 | -1): Step {
	const {search} = state.log;
	return search ? [state, searchFor(state, search.pattern, direction, search.at)] : [state];
}

export function findNextError(state: DashboardState): Step {
	const {search} = state.log;
	const from = search?.pattern === errorPattern ? search.at : undefined;
	return [state, searchFor(state, errorPattern, 1, from)];
}

/** Copies the marked lines, or those on the screen. */
export function copyLines(state: DashboardState): Step {
	const lines = copiedLines(state.log, contentRows(state));
	const what = counted(lines.length, 'line');
	const next = {...state, log: {...state.log, mark: undefined}};
	return [next, {kind: 'copy', text: `${lines.join('\n')}\n`, what}];
}

/** What enter does where words for the log, or the name of a file, are typed. */
export function startFind(
	state: DashboardState,
	{purpose, field}: OverlayOf<'find'>,
	at: number,
): Step {
	const closed = {...state, overlay: undefined};
	const words = field.text.trim();
	const run = shownRunOf(state)?.run;
	switch (purpose) {
		case 'keep':
			return [{...closed, log: keepLines(state.log, words)}];
		case 'save':
			return run && words !== ''
				? [closed, {kind: 'save-log', runId: run.id, file: words}]
				: [closed];
		case 'time': {
			const pattern = timePattern(words);
			return pattern
				? [closed, {...searchFor(state, pattern, 1, 0), here: true}]
				: [
						addNotice(closed, {
							tone: 'bad',
							text: `"${words}" is not a time`,
							hint: 'Such as 17:04 or 17:04:30.',
							at,
						}),
					];
		}

		case 'search':
			if (field.text === '') {
				return [{...closed, log: {...state.log, search: undefined}}];
			}

			// Whoever follows the end searches backwards; else for what comes next.
			return words === ''
				? [closed]
				: [closed, searchFor(state, patternOf(field.text), state.log.follow ? -1 : 1, undefined)];
	}
}

function searchFor(
	state: DashboardState,
	pattern: LogPattern,
	direction: 1 | -1,
	from: number | undefined,
): EffectOf<'log-search'> {
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
