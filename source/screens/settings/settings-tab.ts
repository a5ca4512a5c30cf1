import {readableText} from '../../domain/prompts/structured-text.js';
import {restartTexts} from '../../domain/runs/batch.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {provenanceRows} from '../../domain/runs/provenance.js';
import {describeServer} from '../../domain/servers/describe-server.js';
import {type SettingInForce, settingValues} from '../../domain/settings/settings-tables.js';
import {describePoint} from '../../domain/sweep/combine.js';
import {formatLocalTime} from '../../domain/text-format.js';
import type {Membership, Run, RunInput, ShownRun, TaskOf} from '../../domain/types.js';
import {readableWords} from '../../executor/transport/quote-words.js';
import {paragraph} from '../../state/content/content-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {cutStart, pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {roleWidth} from '../prompts/input-lines.js';
import {annotationLines} from '../records/stars.js';
import {changeLines} from './change-lines.js';
import {phaseLines} from './phase-lines.js';

/** The Settings tab: what the run was launched with, when its steps began and how long they took. */
export function settingsLines(state: DashboardState, shown: ShownRun, width: number): Line[] {
	const {now} = state;
	const {run} = shown;
	const phases = phaseLines(shown, now, width, 22);
	const rows = settingValues(run).map(settingLine);
	const steps = (['uploading', 'running', 'sampling', 'downloading', 'ended'] as const).flatMap(
		step => {
			const at = run.times[step];
			return at ? [[span('dim', pad(step, 22)), formatLocalTime(at)]] : [];
		},
	);
	return [
		...annotationLines(run, width),
		[span('dim', pad('operation', 22)), run.operation],
		...(run.operation === 'recipe' ? recipeLines(run, width) : modelLine(run)),
		...kinLines(run),
		...groupLines(run, width),
		[span('dim', pad('host', 22)), `${run.host}, slot ${run.lane}`],
		...(run.server ? describeServer(run.server) : []).flatMap((line, at): Line[] =>
			wrap(cleanText(line), width - 22).map((text, part) => [
				span('dim', pad(at + part === 0 ? 'server' : '', 22)),
				text,
			]),
		),
		...exitLines(run),
		...restartLines(run, width),
		...(phases.length === 0 ? [] : [[], ...phases, []]),
		...rows,
		[],
		...provenanceLines(run, width),
		...changeLines(state, run, width),
		...(run.promptText === ''
			? []
			: [
					[span('dim', 'prompt text at launch')],
					...paragraph(readableText(run.promptText), width),
				]),
		...(run.negative === '' ? [] : [[span('dim', 'negative')], ...paragraph(run.negative, width)]),
		[],
		[span('dim', 'inputs')],
		...run.inputs.map(
			(input: RunInput): Line => [
				`  ${cleanText(input.role).padEnd(roleWidth(run.inputs))} `,
				cutStart(cleanText(input.path), width - roleWidth(run.inputs) - 3),
			],
		),
		[],
		[span('dim', pad('created', 22)), formatLocalTime(run.createdAt)],
		...steps,
	];
}

/** What made the result; for an imported run, what its archive says. */
function provenanceLines(run: Run, width: number): Line[] {
	const rows = provenanceRows(run).flatMap(([name, text]) =>
		wrap(cleanText(text), width - 22).map(
			(row, at): Line => [span('dim', pad(at === 0 ? `  ${name}` : '', 22)), row],
		),
	);
	const title = `made by${run.imported ? ', says the archive' : ''}`;
	return rows.length === 0 ? [] : [[span('dim', title)], ...rows, []];
}

/** The sweep and the dataset that a run or a job is part of. */
export function groupLines({sweep, dataset}: Membership, width: number): Line[] {
	const rows = sweep ? wrap(cleanText(describePoint(sweep.axes)), width - 22) : [];
	return [
		...rows.map((text, at): Line => [span('dim', pad(at === 0 ? 'sweep' : '', 22)), text]),
		...(dataset ? [[span('dim', pad('dataset', 22)), cleanText(dataset)]] : []),
	];
}

/** A setting in a row, with its default when it differs. */
export function settingLine({row, value, changed}: SettingInForce): Line {
	const text = row.kind === 'switch' ? (value ? 'on' : 'off') : String(value);
	const shown = 'unit' in row ? `${text} ${row.unit}` : text;
	return [
		span('dim', pad(row.label, 22)),
		span(changed ? 'strong' : 'plain', shown.padEnd(10)),
		span('dim', changed ? `  default ${String(row.default)}` : ''),
	];
}

const modelLine = ({model, mode}: Run): Line[] => [
	[span('dim', pad('model', 22)), model],
	...(mode === undefined ? [] : [[span('dim', pad('mode', 22)), mode]]),
];

/** The recipe as the run had it. */
function recipeLines({recipe}: TaskOf<'recipe'>, width: number): Line[] {
	const {name, image, command, outputs} = recipe;
	const rows = wrap(cleanText(readableWords(command)), width - 22);
	return [
		[span('dim', pad('recipe', 22)), cleanText(name)],
		...(image === undefined ? [] : [[span('dim', pad('image', 22)), cleanText(image)]]),
		...rows.map((row, index): Line => [span('dim', pad(index === 0 ? 'command' : '', 22)), row]),
		[span('dim', pad('outputs', 22)), cleanText(outputs.join(' or '))],
	];
}

/** How its container ended; the same for all runs of a batch. */
function exitLines(run: Run): Line[] {
	const code = run.batch?.exit?.code ?? ('exitCode' in run ? run.exitCode : undefined);
	const whose = run.batch ? span('dim', 'of the whole batch') : '';
	return code === undefined
		? []
		: [[span('dim', pad('exit code', 22)), pad(String(code), 10), whose]];
}

/** Why it started again in another container. */
function restartLines(run: Run, width: number): Line[] {
	return restartTexts(run).flatMap(text =>
		wrap(text, width - 22).map(
			(row, index): Line => [span('dim', pad(index === 0 ? 'restarted' : '', 22)), row],
		),
	);
}

/** Where a run came from, and what it made. */
function kinLines(run: Run): Line[] {
	if (run.operation === 'upscale' && run.parentId !== undefined) {
		const {parentId, parentModel} = run;
		const text = parentModel === undefined ? parentId : `${parentId}, ${parentModel}`;
		return [[span('dim', pad('from', 22)), text]];
	}

	return run.operation === 'enhance' && run.resultPromptId !== undefined
		? [[span('dim', pad(enhancedWord(run.settings.createNew), 22)), run.resultPromptId]]
		: [];
}

/** How the prompt of an enhanced text is introduced. */
export const enhancedWord = (createNew: boolean) => (createNew ? 'new prompt' : 'new text for');
