import {waitText} from '../domain/queue/expected-wait.js';
import {hasEnded, isQueued, type Job} from '../domain/queue/job.js';
import {kindOfRequest} from '../domain/settings/settings-tables.js';
import type {QueueView, ShownJob} from '../workflow/queue/queue-types.js';
import type {Role} from './content/line.js';
import type {DashboardState} from './dashboard-state.js';
import {shownPromptName} from './prompt-names.js';

/** `enhance  rain-street`, or `batch ×4  city, street …`. @param state tells prompts of one name apart */
export function jobWords(
	{parts}: Job,
	state: Pick<DashboardState, 'prompts'> = {},
): {what: string; names: string} {
	const kind = kindOfRequest(parts[0]?.request ?? {});
	return {
		what: parts.length > 1 ? `batch ×${parts.length}` : kind,
		names: parts
			.map(({name, request}) =>
				shownPromptName(state, name, 'promptId' in request ? request.promptId : undefined),
			)
			.join(', '),
	};
}

export const jobRoles: Readonly<Record<ShownJob['shown'], Role>> = {
	waiting: 'plain',
	held: 'warn',
	preparing: 'plain',
	working: 'accent',
	collecting: 'accent',
	interrupted: 'warn',
	done: 'good',
	failed: 'bad',
	cancelled: 'dim',
};

/** Jobs that have not begun. */
export function queuedCount(queue: QueueView | undefined): number {
	return queue?.jobs.filter(({job}) => isQueued(job)).length ?? 0;
}

/** Jobs at work and in the line. */
export function unendedCount(queue: QueueView | undefined): number {
	return queue?.jobs.filter(({job}) => !hasEnded(job)).length ?? 0;
}

/** The place of each job in the line, from 1 on, by its id. */
export function placesOf(queue: QueueView | undefined): ReadonlyMap<string, number> {
	const line = queue?.jobs.filter(({job}) => isQueued(job)) ?? [];
	return new Map(line.map(({job}, index) => [job.id, index + 1]));
}

/** A job with what is left of its times since the queue was read. */
export function nowExpected({now, queueReadAt}: DashboardState, shown: ShownJob): ShownJob {
	const gone = Math.max(0, now - queueReadAt) / 1000;
	const left = (seconds: number | undefined) =>
		seconds === undefined ? undefined : Math.max(0, seconds - gone);
	const takes = shown.shown === 'working' ? left(shown.takes) : shown.takes;
	return {...shown, takes, wait: left(shown.wait)};
}

/** The state of a job in a word or two: `next`, `in 9:12`, `1:04 left`, `held`. */
export function jobStanding(shown: ShownJob): string {
	const {job, note, wait} = shown;
	if (job.status === 'waiting' && job.after !== undefined) {
		return 'after another';
	}

	// It would be the next one, were it not for what the note says.
	const isKept = job.status === 'waiting' && note !== '' && (wait ?? 0) < 1;
	return isKept ? 'waits' : waitText(shown) || shown.shown;
}
