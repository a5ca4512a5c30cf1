import {cleanText} from '../../domain/log-lines.js';
import {resultOf} from '../../domain/models/models.js';
import {formatBytes, formatDuration} from '../../domain/text-format.js';
import type {Run, ShownRun} from '../../domain/types.js';
import {paragraph} from '../../state/content/content-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {cutStart, pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {pictureLines} from '../pictures/picture-content.js';
import {annotationLines} from '../records/stars.js';
import {enhancedWord} from '../settings/settings-tab.js';

/** The Outputs tab: the files with their pictures, or why there are none. */
export function outputLines(
	state: DashboardState,
	shown: ShownRun,
	width: number,
	height: number,
): Line[] {
	const lines = fileLines(state, shown, width);
	return [...lines, ...pictureLines(state, width, height - lines.length)];
}

function fileLines(state: DashboardState, {run, shown}: ShownRun, width: number): Line[] {
	const outputs = ('outputs' in run && run.outputs) || [];
	if (outputs.length === 0) {
		const text: Partial<Record<typeof shown, string>> = {
			failed: 'none: the run failed',
			cancelled: 'none: the run was cancelled',
			interrupted: 'none: the run was interrupted',
			uncollected: `still on ${run.host}: ${keyOf(state, 'fetch')} fetches them`,
		};
		return [
			...annotationLines(run, width),
			[span('dim', text[shown] ?? 'none yet: they are downloaded when the run has ended')],
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

/** The text that an enhancement has written, as the prompt has it now. */
function newTextLines({prompts = []}: DashboardState, run: Run, width: number): Line[] {
	if (run.operation !== 'enhance' || run.resultPromptId === undefined) {
		return [];
	}

	const prompt = prompts.find(({id}) => id === run.resultPromptId);
	return [
		[
			span('dim', `${enhancedWord(run.settings.createNew)} `),
			span('strong', run.resultPromptId),
			prompt ? `  ${prompt.name}` : '',
		],
		...(prompt ? [[], ...paragraph(prompt.text, width)] : []),
		[],
	];
}

/** Where the outputs of a run are on this machine. */
export const outputsFolder = (state: DashboardState, {id}: Run) =>
	`${state.runFolderOf(id)}/outputs`;

function stepSeconds(run: Run): number {
	const start = Date.parse(run.times.running ?? run.createdAt);
	const end = Date.parse(run.times.downloading ?? run.times.ended ?? run.createdAt);
	return Math.max(0, (end - start) / 1000);
}
