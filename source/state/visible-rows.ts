import {isUnfinished} from '../domain/run-status.js';
import type {Annotations, Prompt, Run, ShownRun} from '../domain/types.js';
import type {ShownJob} from '../workflow/queue-types.js';
import type {DashboardState} from './dashboard-state.js';
import {jobWords} from './job-words.js';

/** Whether a text has all of the words, which blanks separate, and none of the `!word`s. */
export function matches(text: string, filter: string): boolean {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	const lower = text.toLowerCase();
	return words.every(word =>
		word.startsWith('!') ? word === '!' || !lower.includes(word.slice(1)) : lower.includes(word),
	);
}

export function visiblePrompts({
	prompts = [],
	runs = [],
	filters,
	sorts,
}: DashboardState): readonly Prompt[] {
	const rows =
		filters.prompts === ''
			? prompts
			: prompts.filter(prompt =>
					matches(
						`${prompt.name} ${prompt.id} ${prompt.text} ${opinionOf(prompt)}`,
						filters.prompts,
					),
				);
	switch (sorts.prompts) {
		case 'newest':
			return rows;
		case 'name':
			return rows.toSorted((one, two) => one.name.localeCompare(two.name));
		case 'most runs': {
			const counts = runCounts(runs);
			return rows.toSorted((one, two) => (counts.get(two.id) ?? 0) - (counts.get(one.id) ?? 0));
		}

		case 'best rated':
			return rows.toSorted((one, two) => (two.rating ?? 0) - (one.rating ?? 0));
	}
}

export function visibleRuns({
	runs = [],
	filters,
	sorts,
	runsOf,
}: DashboardState): readonly ShownRun[] {
	const own = runsOf === undefined ? runs : runs.filter(({run}) => run.promptId === runsOf);
	const rows =
		filters.runs === ''
			? own
			: own.filter(({run, shown}) =>
					matches(
						`${run.promptName} ${run.id} ${run.operation} ${run.host} ${shown} ${reasonOf(run)} ${opinionOf(run)}`,
						filters.runs,
					),
				);
	switch (sorts.runs) {
		case 'newest':
			return rows;
		case 'running first':
			return rows.toSorted((one, two) => goes(two) - goes(one));
		case 'name':
			return rows.toSorted((one, two) => one.run.promptName.localeCompare(two.run.promptName));
		case 'longest':
			return rows.toSorted((one, two) => spanOf(two.run) - spanOf(one.run));
		case 'best rated':
			return rows.toSorted((one, two) => (two.run.rating ?? 0) - (one.run.rating ?? 0));
	}
}

/** Those at work, the line in its order, those that have ended. */
export function visibleJobs({queue, filters}: DashboardState): readonly ShownJob[] {
	const jobs = queue?.jobs ?? [];
	return filters.queue === '' ? jobs : jobs.filter(shown => matches(textOf(shown), filters.queue));
}

function textOf({job, shown, note}: ShownJob): string {
	const {what, names} = jobWords(job);
	return `${what} ${names} ${job.id} ${job.host} ${shown} ${note}`;
}

/** How many runs each prompt has. */
export function runCounts(runs: readonly ShownRun[]): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const {run} of runs) {
		if (run.promptId !== undefined) {
			counts.set(run.promptId, (counts.get(run.promptId) ?? 0) + 1);
		}
	}

	return counts;
}

/** `★★★` finds what has three stars or more, `#night` what has the tag. */
const opinionOf = ({rating = 0, tags = [], note = ''}: Annotations) =>
	`${'★'.repeat(rating)} ${tags.map(tag => `#${tag}`).join(' ')} ${note}`;
const reasonOf = (run: Run) => ('failure' in run ? run.failure.reason : '');
const goes = ({shown}: ShownRun) => (isUnfinished(shown) ? 1 : 0);

/** Milliseconds from the upload to the end; those that go are the longest. */
function spanOf(run: Run): number {
	const {uploading, ended} = run.times;
	return ended === undefined
		? Number.MAX_SAFE_INTEGER
		: Date.parse(ended) - Date.parse(uploading ?? run.createdAt);
}
