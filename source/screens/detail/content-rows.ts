import {cleanText} from '../../domain/runs/log-lines.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import {hintWords} from '../../state/content/hint-words.js';
import {type Line, span} from '../../state/content/line.js';
import {wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {layoutOf} from '../../state/layout.js';
import {failureOf, shownRunOf} from '../../state/selectors.js';

/** Columns inside the detail's border, with a blank on each side. */
export function detailTextWidth(state: DashboardState): number {
	return layoutOf(state).detailWidth - (state.bare ? 0 : 4);
}

/** Rows of the detail in which its content scrolls: without tabs, failure and progress bar. */
export function contentRows(state: DashboardState): number {
	const shown = shownRunOf(state);
	const bar = shown && state.tab === 'log' && isUnfinished(shown.shown) ? 1 : 0;
	return Math.max(1, layoutOf(state).detailRows - 1 - bar - troubleLines(state).length);
}

/** What stands above a run's log when it did not end well: the reason and the remedy. */
export function troubleLines(state: DashboardState): Line[] {
	const shown = shownRunOf(state);
	if (!shown || state.tab !== 'log') {
		return [];
	}

	const width = detailTextWidth(state) - 2;
	const failure = failureOf(shown.run);
	if (failure) {
		const role = shown.shown === 'uncollected' ? 'warn' : 'bad';
		return [
			...wrap(cleanText(failure.message), width).map((text, row) => [
				span(role, row === 0 ? '✖ ' : '  '),
				span(role, text),
			]),
			...wrap(cleanText(hintWords(state, failure.hint, shown.run)), width)
				.filter(text => text !== '')
				.map((text, row) => [span('strong', row === 0 ? '→ ' : '  '), text]),
			[],
		];
	}

	return shown.shown === 'interrupted'
		? [
				[span('warn', '◌ interrupted: the program that ran it has ended')],
				[
					span('strong', '→ '),
					`${keyOf(state, 'fetch')} resumes it, ${keyOf(state, 'rerun')} runs it again`,
				],
				[],
			]
		: [];
}
