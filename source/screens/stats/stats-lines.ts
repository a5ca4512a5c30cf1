import {type DayStats, type OperationStats, statsOf} from '../../domain/runs/run-stats.js';
import {formatDuration} from '../../domain/text-format.js';
import {type Line, span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {mostRows} from '../../state/older-rows.js';

/** Days that the page looks back, today counted. */
export const statsDays = 14;
const operationWidth = 10;
const modelWidth = 22;
const timeWidth = 8;
const numberWidth = 10;
const dayWidth = 13;
/** Columns of a day's bar, at most. */
const widestBar = 40;

const cell = (text: string) => text.padStart(numberWidth);
const timeCell = (text: string) => text.padStart(timeWidth);

/**
 * The page of durations and success.
 * @param at milliseconds since 1970: the day that counts as today
 */
export function statsLines({runs}: DashboardState, at: number, width: number): Line[] {
	if (!runs) {
		return [[span('dim', 'reading …')]];
	}

	const stats = statsOf(
		runs.map(({run}) => run),
		at,
		statsDays,
	);
	return [
		...durationLines(stats.operations),
		[],
		...dayLines(stats.days, width),
		...(runs.length < mostRows
			? []
			: [[], [span('dim', `of the newest ${mostRows} runs; \`cosmos stats\` takes all`)]]),
	];
}

function durationLines(operations: readonly OperationStats[]): Line[] {
	return [
		[
			span('strong', pad('How long a run takes', operationWidth + modelWidth)),
			span('dim', ['runs', 'median', 'p90'].map(timeCell).join('')),
		],
		...(operations.length === 0 ? [[span('dim', 'no completed runs in the last 14 days')]] : []),
		...operations.map(
			({operation, model, simulated, runs, median, p90}): Line => [
				pad(operation, operationWidth),
				span('dim', pad(`${model}${simulated ? ', simulated' : ''}`, modelWidth)),
				...[String(runs), formatDuration(median), formatDuration(p90)].map(timeCell),
			],
		),
	];
}

/** `Tue, Nov 24         7         1         -  ███████░` */
function dayLines(days: readonly DayStats[], width: number): Line[] {
	const most = Math.max(1, ...days.map(({completed, failed}) => completed + failed));
	const room = Math.min(widestBar, width - dayWidth - 3 * numberWidth - 2);
	const size = (count: number) =>
		count === 0 ? 0 : Math.max(1, Math.floor(count * Math.min(1, room / most)));
	return [
		[
			span('strong', pad('By day', dayWidth)),
			span('dim', ['completed', 'failed', 'cancelled'].map(cell).join('')),
		],
		...days
			.toReversed()
			.map(
				({day, completed, failed, cancelled}, index): Line => [
					span('dim', pad(index === 0 ? 'today' : dayName(day), dayWidth)),
					...[completed, failed, cancelled].map(count =>
						count === 0 ? span('dim', cell('-')) : cell(String(count)),
					),
					'  ',
					span('good', '█'.repeat(size(completed))),
					span('bad', '░'.repeat(size(failed))),
				],
			),
	];
}

/** `Tue, Nov 24` */
function dayName(day: string): string {
	const date = new Date(`${day}T12:00`);
	return date.toLocaleDateString('en', {weekday: 'short', month: 'short', day: 'numeric'});
}
