import {type Phase, phasesOf} from '../../domain/runs/run-phases.js';
import {formatDuration} from '../../domain/text-format.js';
import type {ShownRun} from '../../domain/types.js';
import {type Line, span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';

const durationWidth = 9;
/** Columns of the chart, at most. */
const widest = 40;

/**
 * A run's phases, each with its duration and its place in the whole time.
 * @param now milliseconds since 1970
 * @param labelWidth columns of the names
 */
export function phaseLines(
	shown: ShownRun,
	now: number,
	width: number,
	labelWidth: number,
): Line[] {
	const phases = phasesOf(shown, now);
	const first = phases[0]?.start ?? 0;
	const whole = (phases.at(-1)?.end ?? phases.at(-1)?.start ?? 0) - first;
	const room = Math.max(8, Math.min(widest, width - labelWidth - durationWidth - 2));
	const columnOf = (at: number) => (whole === 0 ? 0 : Math.round(((at - first) / whole) * room));
	const rows = phases.map(({name, start, end, going}): Line => {
		const took = end === undefined ? '?' : formatDuration((end - start) / 1000);
		return [
			span('dim', pad(name, labelWidth)),
			took.padStart(durationWidth - 2),
			going ? ' …' : '  ',
			...barSpans({start, end, going}, columnOf, room),
		];
	});
	const note = [' '.repeat(labelWidth + 2), span('dim', 'of the whole batch')];
	return shown.run.batch && rows.length > 0 ? [...rows, note] : rows;
}

/** No bar for a phase whose end nobody knows. */
function barSpans(
	{start, end, going}: Omit<Phase, 'name'>,
	columnOf: (at: number) => number,
	room: number,
): Line {
	if (end === undefined) {
		return [' ', span('dim', 'end unknown')];
	}

	// The shortest one is seen too.
	const from = Math.min(columnOf(start), room - 1);
	const length = Math.max(1, columnOf(end) - from);
	return [
		' '.repeat(from + 1),
		span(going ? 'accent' : 'plain', '━'.repeat(length)),
		' '.repeat(Math.max(0, room - from - length)),
	];
}
