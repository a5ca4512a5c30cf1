import {formatLocation} from '../../domain/hosts/host.js';
import {describeNeed} from '../../domain/models/gpu-memory.js';
import {describeResult} from '../../domain/models/outlook.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {formatBytes} from '../../domain/text-format.js';
import {readableWords} from '../../executor/transport/quote-words.js';
import {type Line, span} from '../../state/content/line.js';
import {cutStart, wrap} from '../../state/content/text-layout.js';
import type {BatchPlan, LaunchPlan} from '../../workflow/workflow-types.js';

export type PlanView =
	| {state: 'making'}
	| {state: 'made'; plans: ReadonlyArray<LaunchPlan | BatchPlan>}
	| {state: 'failed'; message: string; hint: string};

/** What a launch would send and start, in rows of at most `width` columns. */
export function planLines(view: PlanView, width: number): Line[] {
	if (view.state === 'making') {
		return [[span('dim', 'reading the inputs …')]];
	}

	if (view.state === 'failed') {
		return [
			...wrap(view.message, width).map((row): Line => [span('bad', row)]),
			...wrap(view.hint, width).map((row): Line => [row]),
		];
	}

	const {plans} = view;
	return plans.flatMap((plan, index) => [
		...(plans.length > 1
			? [
					...(index > 0 ? [[]] : []),
					[span('accent', `${index + 1} of ${plans.length}  `), span('strong', namesIn(plan))],
				]
			: []),
		...onePlan(plan, width),
	]);
}

function onePlan(plan: LaunchPlan | BatchPlan, width: number): Line[] {
	const {host, lane, uploads, files, image, command, results, warnings, memory} = plan;
	const seconds = 'tasks' in plan ? plan.timeLimit : plan.task.settings.timeLimit;
	return [
		[span('dim', 'host      '), `${host.name}, slot ${lane}, time limit ${seconds} s`],
		...('tasks' in plan
			? wrap(namesIn(plan), width - 10).map(
					(row, index): Line => [span('dim', index === 0 ? 'together  ' : ' '.repeat(10)), row],
				)
			: []),
		...results.map((result): Line => [span('dim', 'result    '), describeResult(result)]),
		...(memory
			? wrap(describeNeed(memory), width - 10).map(
					(row, index): Line => [span('dim', index === 0 ? 'memory    ' : ' '.repeat(10)), row],
				)
			: []),
		...('servers' in plan ? (plan.servers ?? []) : []).flatMap(line =>
			wrap(line.replace(/^server /, ''), width - 10).map(
				(row, index): Line => [span('dim', index === 0 ? 'server    ' : ' '.repeat(10)), row],
			),
		),
		...warningLines(warnings, width),
		[],
		[span('dim', host.endpoint ? 'images that are sent' : 'uploads, where not there yet')],
		...uploads.map(
			({role, path, size}): Line => [
				`  ${role.padEnd(6)} ${formatBytes(size).padStart(9)}  `,
				cutStart(cleanText(path), width - 20),
			],
		),
		[],
		...(image === undefined ? [] : [[span('dim', 'image     '), cleanText(image)], []]),
		...(host.endpoint
			? [[span('dim', 'sent to   '), cleanText(formatLocation(host))]]
			: [
					[span('dim', "command, in the model's folder")],
					...wrap(cleanText(readableWords(command)), width - 2).map((row): Line => [`  ${row}`]),
				]),
		[],
		...files.flatMap(({name, text}): Line[] => [
			[span('dim', name)],
			...text
				.trimEnd()
				.split('\n')
				.flatMap(line => wrap(line.replaceAll('\t', '  '), width - 2))
				.map((row): Line => [`  ${cleanText(row)}`]),
		]),
	];
}

function warningLines(warnings: readonly string[], width: number): Line[] {
	return warnings.flatMap(warning =>
		wrap(cleanText(warning), width - 10).map(
			(row, index): Line => [span('warn', index === 0 ? 'warning   ' : ' '.repeat(10)), row],
		),
	);
}

function namesIn(plan: LaunchPlan | BatchPlan): string {
	const tasks = 'tasks' in plan ? plan.tasks : [plan.task];
	return tasks.map(({promptName}) => promptName).join(', ');
}
