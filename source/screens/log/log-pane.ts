import {pageOf, paintLine} from '../../components/rows.js';
import {paint} from '../../components/theme.js';
import {parseProgress} from '../../domain/runs/progress.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import {counted, formatBytes} from '../../domain/text-format.js';
import {span} from '../../state/content/line.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {errorPattern, patternOf} from '../../state/log/log-pattern.js';
import {
	isMarked,
	type LogSearch,
	placeInLog,
	topLine,
	unseenLines,
	visibleLog,
} from '../../state/log/log-view.js';
import {shownRunOf} from '../../state/selectors.js';
import {contentRows} from '../detail/content-rows.js';
import {logRows} from './log-rows.js';

/** The visible part of a run's log: `height` rows of `width` columns. */
export function logPage(state: DashboardState, height: number, width: number): string[] {
	const {log, bare} = state;
	const lines = visibleLog(log, height);
	if (lines.length === 0) {
		return pageOf([paintLine([span('dim', emptyLog(state))], width)], 0, height, width);
	}

	const top = topLine(log, height);
	const shown = withoutLiveBar(state, lines);
	const rows = shown.flatMap((line, index) =>
		lineRows(state, line, top + index, bare ? width : width - 2).map((row, part) =>
			bare ? row : `${part === 0 ? gutter(state, top + index) : ' '}${row} `,
		),
	);
	const first = log.follow ? Math.max(0, rows.length - height) : 0;
	return pageOf(rows, first, height, width);
}

function lineRows({log}: DashboardState, line: string, number: number, width: number): string[] {
	const marked = isMarked(log, number);
	const {search, keep} = log;
	const patterns = [...(search ? [search.pattern] : []), ...(keep === '' ? [] : [patternOf(keep)])];
	const rows = logRows([line], log, width, patterns);
	return marked ? rows.map(row => paint('selected', withoutColours(row))) : rows;
}

const withoutColours = (row: string) => row.replaceAll(/\u001b\[[0-9;]*m/g, '');

/** Says which line a search has found. */
function gutter({log}: DashboardState, line: number): string {
	const found = log.search?.state === 'found' && log.window?.anchor === line;
	return found ? paint('accent', '>') : ' ';
}

/** A bar that still moves is drawn below the log; its row here only parts the two. */
function withoutLiveBar(state: DashboardState, lines: readonly string[]): readonly string[] {
	const pending = state.log.window?.pending ?? '';
	const live = isUnfinished(shownRunOf(state)?.shown ?? 'failed');
	return live && lines.at(-1) === pending && parseProgress(pending)
		? [...lines.slice(0, -1), '']
		: lines;
}

function emptyLog(state: DashboardState): string {
	const {window, keep} = state.log;
	const shown = shownRunOf(state);
	if (window === undefined || (keep !== '' && !window.atStart)) {
		return ' reading …';
	}

	if (keep !== '' && window.size > 0) {
		return ` no line has "${keep}"; ${keyOf(state, 'back')} shows all`;
	}

	return shown && isUnfinished(shown.shown) ? ' no output yet' : ' the log is empty';
}

/** The size of the log, the state of a search, and why the end is not shown. */
export function logFoot(state: DashboardState): string {
	const {window, follow, keep, mark} = state.log;
	if (!window || window.size === 0) {
		return '';
	}

	const whole = window.atStart && window.atEnd;
	const size = whole ? counted(window.lines.length, 'line') : formatBytes(window.size);
	const unseen = unseenLines(state.log);
	const shown = shownRunOf(state);
	const live = shown && isUnfinished(shown.shown);
	return [
		...(shown?.run.restarts ?? []).slice(-1).map(({failed}) => `restarted without ${failed}`),
		searchWord(state),
		mark ? `${Math.abs(mark.to - mark.from) + 1} marked, ${keyOf(state, 'log-copy')} copies` : '',
		keep === '' ? '' : `only "${keep}"`,
		unseen > 0 ? `+${unseen.toLocaleString('en')} new` : '',
		follow ? (live ? 'following' : '') : `${keyOf(state, 'last')} to the end`,
		follow ? '' : placeText(state),
		size,
	]
		.filter(Boolean)
		.join(' · ');
}

/** The number of the first line, where it is known, and how far into the log it is. */
function placeText(state: DashboardState): string {
	const {log} = state;
	const height = contentRows(state);
	const percent = `${Math.floor(placeInLog(log, height) * 100)}%`;
	const number = topLine(log, height) - (log.window?.first ?? 0) + 1;
	return log.window?.atStart && log.keep === ''
		? `line ${number.toLocaleString('en')}, ${percent}`
		: percent;
}

function searchWord(state: DashboardState): string {
	const {search} = state.log;
	const words = search?.pattern === errorPattern ? 'errors' : `"${search?.pattern.words}"`;
	switch (search?.state) {
		case undefined:
			return '';
		case 'looking':
			return `searching for ${words} ${Math.floor(search.fraction * 100)}%, ${keyOf(state, 'back')} stops`;
		case 'none':
			return `no ${words}`;
		case 'found':
			return `${words}${countText(search)}${search.wrapped ? ', wrapped around' : ''}`;
	}
}

function countText({count}: LogSearch): string {
	return count ? ` ${count.nth.toLocaleString('en')} of ${count.total.toLocaleString('en')}` : '';
}
