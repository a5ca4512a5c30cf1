import {type DayStats, type OperationStats, statsOf} from '../domain/run-stats.js';
import {duration} from '../domain/text-format.js';
import type {DashboardState} from './dashboard-state.js';
import {type Line, span} from './line.js';
import {mostRows} from './store-lists.js';
import {pad} from './text-layout.js';

/** Days that the page looks back, today counted. */
export const statsDays = 14;
const nameWidth = 24;
const numberWidth = 10;
/** Columns of a day's words, and of its counts. */
const dayWidth = 13;
const countsWidth = 34;

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
		[span('strong', 'Runs by the day that they ended on')],
		...dayLines(stats.days, width),
		...(runs.length < mostRows
			? []
			: [[], [span('dim', `of the newest ${mostRows} runs; \`cosmos stats\` takes all`)]]),
	];
}

function durationLines(operations: readonly OperationStats[]): Line[] {
	const cell = (text: string) => text.padStart(numberWidth);
	return [
		[
			span('strong', pad('How long a run takes', nameWidth)),
			span('dim', ['runs', 'median', '90% in'].map(cell).join('')),
		],
		...(operations.length === 0 ? [[span('dim', 'no completed run in these days')]] : []),
		...operations.map(({operation, simulated, ...one}): Line => {
			const name = `${operation}${simulated ? ', simulated' : ''}`;
			return [
				pad(name, nameWidth),
				cell(String(one.runs)),
				cell(duration(one.median)),
				cell(duration(one.p90)),
			];
		}),
	];
}

/** `Tue Nov 24   ███████░    7 completed, 1 failed` */
function dayLines(days: readonly DayStats[], width: number): Line[] {
	const most = Math.max(...days.map(({completed, failed}) => completed + failed));
	const room = Math.max(5, Math.min(40, width - dayWidth - countsWidth));
	const scale = Math.min(1, room / Math.max(1, most));
	const size = (count: number) => (count === 0 ? 0 : Math.max(1, Math.floor(count * scale)));
	return days.map(({day, completed, failed, cancelled}) => {
		const [good, bad] = [size(completed), size(failed)];
		const counts = [
			completed > 0 && `${completed} completed`,
			failed > 0 && `${failed} failed`,
			cancelled > 0 && `${cancelled} cancelled`,
		].filter(Boolean);
		return [
			span('dim', pad(dayName(day), dayWidth)),
			span('good', '█'.repeat(good)),
			span('bad', '░'.repeat(bad)),
			' '.repeat(Math.max(0, room - good - bad)),
			`  ${counts.join(', ') || '-'}`,
		];
	});
}

/** `Tue Nov 24` */
function dayName(day: string): string {
	const date = new Date(`${day}T12:00`);
	return date.toLocaleDateString('en', {weekday: 'short', month: 'short', day: 'numeric'});
}
