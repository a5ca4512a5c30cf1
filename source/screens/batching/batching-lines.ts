import type {BatchGroup, BatchingPlan} from '../../domain/queue/smart-batching.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import {jobWords} from '../../state/job-words.js';

/** What the dialog asks for; without `max` the sizes are those of the hosts. */
export type BatchingChoice = {mixed: boolean; max?: number};

export type BatchingView =
	| {state: 'making'}
	| {state: 'made'; plan: BatchingPlan}
	| {state: 'failed'; message: string; hint: string};

type Shown = {choice: BatchingChoice; view: BatchingView};

const label = (text: string) => span('dim', pad(text, 18));

/** What is chosen, above the jobs. */
export function batchingHead({choice, view}: Shown): Line[] {
	return [
		[label('controls'), ...controlWords(choice)],
		[
			label('max per batch'),
			choice.max === undefined
				? '8 with 1 control, 4 with 2, else 2; or as the host says'
				: span('strong', String(choice.max)),
		],
		[label('container starts'), ...(view.state === 'made' ? startWords(view.plan) : ['…'])],
		[],
	];
}

function controlWords({mixed}: BatchingChoice): Line {
	return mixed
		? [span('strong', 'mixed'), span('dim', '  weight 0 for controls that a job does not use')]
		: [span('strong', 'strict'), span('dim', '  only jobs with the same controls')];
}

function startWords({before, after}: BatchingPlan): Line {
	const saved = before - after;
	return [
		`${before} before, ${after} after`,
		...(saved > 0 ? [', ', span('good', `${saved} saved`)] : []),
	];
}

/**
 * The jobs before and after, in rows of at most `width` columns.
 * @param mixKey the key that merges jobs with different controls
 */
export function batchingLines({choice, view}: Shown, width: number, mixKey: string): Line[] {
	if (view.state === 'failed') {
		return [
			...wrap(cleanText(view.message), width).map((row): Line => [span('bad', row)]),
			...wrap(view.hint, width).map((row): Line => [row]),
		];
	}

	if (view.state === 'making') {
		return [[span('dim', 'reading the inputs …')]];
	}

	if (view.plan.groups.length === 0) {
		return [
			['No two waiting transfers can share a container.'],
			[span('dim', choice.mixed ? '' : `${mixKey} also merges jobs with different controls.`)],
		];
	}

	const {groups, after} = view.plan;
	const left = Math.floor(width / 2);
	const others = after - groups.length;
	return [
		[span('dim', pad('before', left)), span('dim', 'after')],
		...groups.flatMap(group => groupLines(group, left)),
		...(others > 0
			? [
					[
						span(
							'dim',
							`and ${others} that ${others === 1 ? 'stays as it is' : 'stay as they are'}`,
						),
					],
				]
			: []),
	];
}

/** The jobs that become one, each on its row, and what they become. */
function groupLines({jobs, controls}: BatchGroup, left: number): Line[] {
	const parts = jobs.flatMap(job => job.parts).length;
	const after: Line[] = [
		[span('strong', `batch ×${parts}`), ` on ${jobs[0]?.host}`],
		[span('dim', controls.length === 0 ? 'no control' : controls.join(', '))],
	];
	return jobs.map((job, row) => {
		const {what, names} = jobWords(job);
		const bracket = row === 0 ? '┐' : row === jobs.length - 1 ? '┘' : '│';
		return [
			pad(`${pad(what, 9)} ${cleanText(names)}`, left - 3),
			span('accent', ` ${bracket} `),
			...(after[row] ?? []),
		];
	});
}
