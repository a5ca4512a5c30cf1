import {cleanText} from '../../domain/log-lines.js';
import {defaultModel} from '../../domain/models/families.js';
import {resultOf, specOf} from '../../domain/models/models.js';
import {type SettingInForce, settingValues} from '../../domain/settings-tables.js';
import {formatBytes, formatDuration, formatLocalTime} from '../../domain/text-format.js';
import type {Run, RunInput, ShownRun, TaskOf} from '../../domain/types.js';
import {readableWords} from '../../executor/transport/quote-words.js';
import type {DashboardState} from '../dashboard-state.js';
import {annotationLines} from '../records/stars.js';
import {canUpscale} from '../selectors.js';
import {againCommand} from './cli-words.js';
import {commandIn, paragraph} from './content-lines.js';
import {type Line, span} from './line.js';
import {phaseLines} from './phase-lines.js';
import {cutStart, pad, wrap} from './text-layout.js';

/** The Settings tab: what the run was launched with, when its steps began and how long they took. */
export function settingsLines(shown: ShownRun, now: number, width: number): Line[] {
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
		[span('dim', pad('host', 22)), `${run.host}, lane ${run.lane}`],
		...exitLines(run),
		...(phases.length === 0 ? [] : [[], ...phases, []]),
		...rows,
		[],
		...(run.promptText === ''
			? []
			: [[span('dim', 'prompt as it was at launch')], ...paragraph(run.promptText, width)]),
		...(run.negative === '' ? [] : [[span('dim', 'negative')], ...paragraph(run.negative, width)]),
		[],
		[span('dim', 'inputs')],
		...run.inputs.map(
			(input: RunInput): Line => [
				`  ${input.role.padEnd(6)} `,
				cutStart(cleanText(input.path), width - 9),
			],
		),
		[],
		[span('dim', pad('created', 22)), formatLocalTime(run.createdAt)],
		...steps,
	];
}

/** A setting in a row; one that is not its default says so. */
export function settingLine({row, value, changed}: SettingInForce): Line {
	const text = row.kind === 'switch' ? (value ? 'on' : 'off') : String(value);
	return [
		span('dim', pad(row.label, 22)),
		span(changed ? 'strong' : 'plain', pad(text + ('unit' in row ? ` ${row.unit}` : ''), 10)),
		span('dim', changed ? `default ${String(row.default)}` : ''),
	];
}

const modelLine = ({model}: Run): Line[] => [[span('dim', pad('model', 22)), model]];

/** The recipe as the run had it. */
function recipeLines({recipe}: TaskOf<'recipe'>, width: number): Line[] {
	const {name, image, command, outputs} = recipe;
	const rows = wrap(cleanText(readableWords(command)), width - 22);
	return [
		[span('dim', pad('recipe', 22)), cleanText(name)],
		...(image === undefined ? [] : [[span('dim', pad('image', 22)), cleanText(image)]]),
		...rows.map((row, index): Line => [span('dim', pad(index === 0 ? 'command' : '', 22)), row]),
		[span('dim', pad('wanted', 22)), cleanText(outputs.join(' or '))],
	];
}

/** How its container ended; one for all runs of a batch. */
function exitLines(run: Run): Line[] {
	const code = run.batch?.exit?.code ?? ('exitCode' in run ? run.exitCode : undefined);
	const whose = run.batch ? span('dim', 'of the whole batch') : '';
	return code === undefined
		? []
		: [[span('dim', pad('exit code', 22)), pad(String(code), 10), whose]];
}

/** What a run came from, and what came of it. */
function kinLines(run: Run): Line[] {
	if (run.operation === 'upscale' && run.parentId !== undefined) {
		return [[span('dim', pad('from', 22)), run.parentId]];
	}

	return run.operation === 'enhance' && run.resultPromptId !== undefined
		? [[span('dim', pad(promptWord(run.settings.createNew), 22)), run.resultPromptId]]
		: [];
}

const promptWord = (createNew: boolean) => (createNew ? 'new prompt' : 'new text for');

/** The text that an enhancement has made, as the prompt has it now. */
function newTextLines({prompts = []}: DashboardState, run: Run, width: number): Line[] {
	if (run.operation !== 'enhance' || run.resultPromptId === undefined) {
		return [];
	}

	const prompt = prompts.find(({id}) => id === run.resultPromptId);
	return [
		[
			span('dim', `${promptWord(run.settings.createNew)} `),
			span('strong', run.resultPromptId),
			prompt ? `  ${prompt.name}` : '',
		],
		...(prompt ? [[], ...paragraph(prompt.text, width)] : []),
		[],
	];
}

/** The Outputs tab: the files at home, or why there are none. */
export function outputLines(state: DashboardState, {run, shown}: ShownRun, width: number): Line[] {
	const outputs = ('outputs' in run && run.outputs) || [];
	if (outputs.length === 0) {
		const text: Partial<Record<typeof shown, string>> = {
			failed: 'none: the run failed',
			cancelled: 'none: the run was cancelled',
			interrupted: 'none: the run was interrupted',
			uncollected: `still on ${run.host}: cosmos fetch ${run.id} brings them home`,
		};
		return [
			...annotationLines(run, width),
			[span('dim', text[shown] ?? 'none yet: they come home when the run has ended')],
		];
	}

	const result = resultOf(run);
	const nameWidth = Math.min(40, Math.max(...outputs.map(({name}) => name.length)) + 2);
	return [
		...annotationLines(run, width),
		...(run.simulated
			? [[span('warn', 'simulated'), ' videos of the demo model, not real results'], []]
			: []),
		...newTextLines(state, run, width),
		[span('dim', cutStart(outputsFolder(state, run), width))],
		...outputs.map(
			(file): Line => [
				span(result.has(file.name) ? 'strong' : 'plain', pad(cleanText(file.name), nameWidth)),
				formatBytes(file.size).padStart(10),
				span('dim', `  sha256 ${file.sha256.slice(0, 12)}…`),
			],
		),
		[],
		[span('dim', `computed in ${formatDuration(stepSeconds(run))}`)],
	];
}

/** The Commands tab of a run. */
export function runCommands(state: DashboardState, {run, shown}: ShownRun, width: number): Line[] {
	const command = commandIn(width);
	const going = !('ended' in run.times) && shown !== 'interrupted';
	return [
		...command('see it', `cosmos show ${run.id}`),
		...command('its log', `cosmos logs ${run.id}${going ? ' --follow' : ''}`),
		...(going ? command('stop it', `cosmos kill ${run.id}`) : []),
		...(shown === 'uncollected' ? command('fetch the outputs', `cosmos fetch ${run.id}`) : []),
		...(canUpscale({run, shown})
			? command('make its video larger', `cosmos upscale ${run.id}`)
			: []),
		...command('run it again', againCommand(run, usualModel(state, run))),
		...command('its outputs', outputsFolder(state, run)),
		...command('its spec', runFile(state, run, specOf(run))),
	];
}

/** The family that a launch of the run's prompt on its host has when none is named. */
function usualModel({prompts = [], hosts}: DashboardState, run: Run): string {
	const prompt = prompts.find(({id}) => id === run.promptId);
	const host = hosts.find(({name}) => name === run.host);
	return prompt?.model ?? host?.model ?? defaultModel;
}

function outputsFolder(state: DashboardState, run: Run): string {
	return runFile(state, run, 'outputs');
}

function runFile(state: DashboardState, run: Run, name: string): string {
	return `${state.runFolderOf(run.id)}/${name}`;
}

function stepSeconds(run: Run): number {
	const start = Date.parse(run.times.running ?? run.createdAt);
	const end = Date.parse(run.times.downloading ?? run.times.ended ?? run.createdAt);
	return Math.max(0, (end - start) / 1000);
}
