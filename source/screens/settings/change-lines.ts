import {cleanText} from '../../domain/runs/log-lines.js';
import {
	changesSince,
	compareTexts,
	type DifferingRow,
	findPrevious,
	markChanges,
	shortValue,
} from '../../domain/runs/run-difference.js';
import type {Run} from '../../domain/types.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';

const keyWidth = 22;

/** What a run has changed of the run that it was made from, and of the prompt's run before it. */
export function changeLines({runs = []}: DashboardState, run: Run, width: number): Line[] {
	const all = runs.map(one => one.run);
	const parent = run.operation === 'upscale' ? all.find(({id}) => id === run.parentId) : undefined;
	const previous = findPrevious(run, all);
	return [
		...(parent ? linesSince('its source', parent, run, width) : []),
		...(previous ? linesSince('the run before', previous, run, width) : []),
	];
}

function linesSince(what: string, before: Run, run: Run, width: number): Line[] {
	const rows = changesSince(before, run);
	return [
		[span('dim', `changed since ${what}, ${before.id}`)],
		...(rows.length === 0
			? [[span('dim', '  nothing')]]
			: rows.flatMap(row => rowLines(row, width))),
		[],
	];
}

function rowLines({group, key, values: [before, after]}: DifferingRow, width: number): Line[] {
	const text =
		group === 'text'
			? markChanges(compareTexts(before ?? '', after ?? ''))
			: `${shortValue(before)} → ${shortValue(after)}`;
	return wrap(cleanText(text), width - keyWidth).map((row, index) => [
		span('dim', pad(index === 0 ? `  ${cleanText(key)}` : '', keyWidth)),
		row,
	]);
}
