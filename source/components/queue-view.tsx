import {cleanText} from '../domain/log-lines.js';
import {duration} from '../domain/text-format.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {keyOf} from '../state/key-text.js';
import {laneLines} from '../state/lane-lines.js';
import {type Line, type Role, span} from '../state/line.js';
import {jobWords, type QueueOverlay, selectedJobIndex} from '../state/queue-page.js';
import {pad} from '../state/text-layout.js';
import type {ShownJob} from '../workflow/queue-types.js';
import {Dialog, dialogWidth} from './dialog.js';
import {firstVisible, listRow, pageOf, paintLine} from './rows.js';

const signs: Readonly<Record<ShownJob['shown'], readonly [string, Role]>> = {
	waiting: ['·', 'plain'],
	held: ['‖', 'warn'],
	working: ['▶', 'accent'],
	interrupted: ['◌', 'warn'],
	done: ['✔', 'good'],
	failed: ['✖', 'bad'],
	cancelled: ['■', 'dim'],
};

/** The queue: what works, the line in its order, what has ended. */
export function QueuePage({state, overlay}: {state: DashboardState; overlay: QueueOverlay}) {
	const {size, queue} = state;
	const width = dialogWidth(size.columns, 110);
	const inner = width - 2;
	const jobs = queue?.jobs ?? [];
	const lanes = laneRows(state, inner);
	const height = Math.max(3, Math.min(Math.max(jobs.length, 6), size.rows - 6 - lanes.length));
	const selected = selectedJobIndex(state, overlay);
	const first = firstVisible(selected, jobs.length, height);
	const places = placesOf(jobs);
	const rows =
		jobs.length === 0
			? emptyLines(state).map(line => paintLine(['  ', ...line], inner))
			: jobs.slice(first, first + height).map((shown, index) =>
					listRow(jobLine(shown, places[first + index], inner - 2), {
						width: inner,
						selected: first + index === selected,
						focused: true,
						marked: false,
					}),
				);
	const title: Line = [
		span('accent', 'Queue'),
		...(queue?.paused ? [span('warn', '  paused: nothing new is started')] : []),
	];
	return (
		<Dialog
			size={size}
			title={title}
			foot={jobs.length > height ? `${first + 1}–${first + height} of ${jobs.length}` : ''}
			width={width}
			rows={[...lanes, ...pageOf(rows, 0, height, inner)]}
		/>
	);
}

/** Hosts that are shown above the jobs; more are counted. */
const mostHosts = 6;

function laneRows(state: DashboardState, inner: number): string[] {
	const lines = laneLines(state);
	const most = Math.min(mostHosts, Math.max(1, Math.floor(state.size.rows / 6)));
	const more = lines.length - most;
	const shown =
		more > 0
			? [
					...lines.slice(0, most - 1),
					[span('dim', `  and ${more + 1} more hosts: ${keyOf(state, 'host')} shows them`)],
				]
			: lines;
	return shown.length === 0 ? [] : [...shown, []].map(line => paintLine(line, inner));
}

const emptyLines = (state: DashboardState): readonly Line[] => [
	[],
	['The queue is empty.'],
	[
		span(
			'dim',
			`${keyOf(state, 'form-queue')} in a launch form puts a job here; an open dashboard works the queue off.`,
		),
	],
];

function jobLine(shown: ShownJob, place: number | undefined, width: number): Line {
	const {job} = shown;
	const {what, names} = jobWords(job);
	const [sign, role] = signs[shown.shown];
	const note = [waitOf(shown), cleanText(shown.note)].filter(Boolean).join('  ');
	const nameWidth = Math.max(10, Math.min(40, width - 58));
	return [
		span('dim', pad(place === undefined ? '' : String(place), 3)),
		span(role, `${sign} ${pad(shown.shown, 12)}`),
		pad(what, 10),
		` ${pad(cleanText(names), nameWidth)} `,
		span('dim', pad(job.host, 11)),
		span('dim', note),
	];
}

function waitOf({shown, takes, wait}: ShownJob): string {
	if (shown === 'working') {
		return takes === undefined ? '' : `about ${duration(takes)} left`;
	}

	return wait === undefined ? '' : wait < 1 ? 'next' : `in about ${duration(wait)}`;
}

/** The place of each job in the line; none for those that are at work or have ended. */
function placesOf(jobs: readonly ShownJob[]): Array<number | undefined> {
	let place = 0;
	return jobs.map(({job}) => {
		const isInLine = job.status === 'waiting' || job.status === 'held';
		place += isInLine ? 1 : 0;
		return isInLine ? place : undefined;
	});
}
