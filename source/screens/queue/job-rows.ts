import {cleanText} from '../../domain/log-lines.js';
import {jobSigns} from '../../domain/text-format.js';
import {span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {jobRoles, jobStanding, jobWords, nowExpected, placesOf} from '../../state/job-words.js';
import type {ShownJob} from '../../workflow/queue-types.js';
import {type ListLine, wideFrom} from '../runs/list-lines.js';

/** Columns of a host's name where there is room for it. */
const hostWidth = 11;

/** Rows of the queue: place in the line, sign, operation, names, when it starts or how it stands. */
export function jobLines(
	state: DashboardState,
	jobs: readonly ShownJob[],
	width: number,
): ListLine[] {
	const places = placesOf(state.queue);
	const placeWidth = String(places.size).length;
	const words = jobs.map(shown => jobStanding(nowExpected(state, shown)));
	const standingWidth = Math.max(...words.map(word => word.length));
	const kinds = jobs.map(({job}) => jobWords(job).what);
	const kindWidth = Math.max(...kinds.map(kind => kind.length));
	const wide = width >= wideFrom;
	const rest = placeWidth + kindWidth + standingWidth + 6 + (wide ? hostWidth : 0);
	return jobs.map(({job, shown}, index) => {
		const line = [
			span('dim', String(places.get(job.id) ?? '').padStart(placeWidth)),
			span(jobRoles[shown], ` ${jobSigns[shown]} `),
			`${pad(kinds[index] ?? '', kindWidth)} `,
			pad(cleanText(jobWords(job).names), width - rest),
			span('dim', wide ? ` ${pad(cleanText(job.host), hostWidth - 1)}` : ''),
			span(jobRoles[shown], ` ${pad(words[index] ?? '', standingWidth)} `),
		];
		return {id: job.id, line};
	});
}
