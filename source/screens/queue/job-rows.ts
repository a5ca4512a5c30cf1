import {fitColumns} from '../../components/columns.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {jobSigns} from '../../domain/text-format.js';
import {span} from '../../state/content/line.js';
import {pad, widthOf} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {jobRoles, jobStanding, jobWords, nowExpected, placesOf} from '../../state/job-words.js';
import type {ShownJob} from '../../workflow/queue/queue-types.js';
import {type ListLine, wideFrom} from '../runs/list-lines.js';

/** Columns of a host's name at most, and of an operation's or a recipe's where rows are wide or narrow. */
const widestHost = 10;
const widestKind = (isWide: boolean) => (isWide ? 20 : 10);

/** Rows of the queue: place, sign, operation, names, host, when it starts or its state. */
export function jobLines(
	state: DashboardState,
	jobs: readonly ShownJob[],
	width: number,
): ListLine[] {
	const places = placesOf(state.queue);
	const placeWidth = String(places.size).length;
	const standings = jobs.map(shown => jobStanding(nowExpected(state, shown)));
	const words = jobs.map(({job}) => jobWords(job, state));
	const isWide = width >= wideFrom;
	const longest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf));
	const {name, widths} = fitColumns(
		width - placeWidth - 4,
		longest(words.map(({names}) => names)),
		[
			{key: 'kind', width: Math.min(widestKind(isWide), longest(words.map(({what}) => what))) + 1},
			{key: 'standing', width: longest(standings) + 1},
			{key: 'host', width: isWide ? widestHost + 1 : 0},
		],
	);
	const cell = (text: string, columns: number) =>
		columns === 0 ? '' : ` ${pad(cleanText(text), columns - 1)}`;
	return jobs.map(({job, shown}, index) => {
		const {what = '', names = ''} = words[index] ?? {};
		const line = [
			span('dim', String(places.get(job.id) ?? '').padStart(placeWidth)),
			span(jobRoles[shown], ` ${jobSigns[shown]} `),
			widths.kind === 0 ? '' : `${pad(shortKind(what, widths.kind - 1), widths.kind - 1)} `,
			pad(cleanText(names), name),
			span('dim', cell(job.host, widths.host)),
			span(jobRoles[shown], `${cell(standings[index] ?? '', widths.standing)} `),
		];
		return {id: job.id, line};
	});
}

/** Without the family of models where that is too much: `text2video`. */
const shortKind = (kind: string, width: number) =>
	widthOf(kind) > width ? (kind.split(' ').at(-1) ?? kind) : kind;
