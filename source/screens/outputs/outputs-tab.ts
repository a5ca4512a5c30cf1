import {resultOf} from '../../domain/models/models.js';
import {readableText} from '../../domain/prompts/structured-text.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {type OutputKind, outputKind, outputKinds} from '../../domain/runs/outputs.js';
import {formatBytes, formatDuration} from '../../domain/text-format.js';
import type {OutputFile, Run, ShownRun} from '../../domain/types.js';
import {paragraph} from '../../state/content/content-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {cutStart, pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {pictureLines} from '../pictures/picture-content.js';
import {annotationLines} from '../records/stars.js';
import {enhancedWord} from '../settings/settings-tab.js';
import {shownTexts} from './output-files.js';

/** The Outputs tab: the files with their pictures, or why there are none. */
export function outputLines(
	state: DashboardState,
	shown: ShownRun,
	width: number,
	height: number,
): Line[] {
	const head = headLines(state, shown, width);
	const files = fileLines(state, shown, width);
	const free = height - head.length - files.length;
	if (free >= wholePictures) {
		return [...head, ...files, ...pictureLines(state, width, free)];
	}

	// Not all of it fits: the pictures come first, and the files are scrolled to.
	const pictures = pictureLines(state, width, height - head.length);
	const below = pictures.length === 0 ? files : [...pictures, [], ...files];
	return [...head, ...(head.length > 0 && pictures.length > 0 ? below.slice(1) : below)];
}

/** Rows that pictures want, with their names and keys. */
const wholePictures = 14;

function headLines(state: DashboardState, {run}: ShownRun, width: number): Line[] {
	const isSimulated = run.simulated && 'outputs' in run && (run.outputs?.length ?? 0) > 0;
	return [
		...annotationLines(run, width),
		...(isSimulated
			? [[span('warn', 'simulated'), ' videos of the demo model, not real results'], []]
			: []),
		...newTextLines(state, run, width),
	];
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
		return [[span('dim', text[shown] ?? 'none yet: they are downloaded when the run has ended')]];
	}

	return [
		[span('dim', cutStart(outputsFolder(state, run), width))],
		...byKind(run, outputs),
		[],
		...textLines(state, run, width),
		[span('dim', `computed in ${formatDuration(stepSeconds(run))}`)],
	];
}

const kindTitles: Readonly<Record<OutputKind, string>> = {
	video: 'videos',
	image: 'images',
	text: 'texts',
	JSON: 'JSON',
	other: 'other files',
};

/** The files below the names of their kinds, where there are several kinds. */
function byKind(run: Run, outputs: readonly OutputFile[]): Line[] {
	const result = resultOf(run);
	const nameWidth = Math.min(40, Math.max(...outputs.map(({name}) => name.length)) + 2);
	const groups = outputKinds
		.map(kind => ({kind, files: outputs.filter(({name}) => outputKind(name) === kind)}))
		.filter(({files}) => files.length > 0);
	const indent = groups.length > 1 ? '  ' : '';
	return groups.flatMap(({kind, files}) => [
		...(groups.length > 1 ? [[span('dim', kindTitles[kind])]] : []),
		...files.map(
			(file): Line => [
				indent,
				span(result.has(file.name) ? 'strong' : 'plain', pad(cleanText(file.name), nameWidth)),
				formatBytes(file.size).padStart(10),
				span('dim', `  sha256 ${file.sha256.slice(0, 12)}…`),
			],
		),
	]);
}

/** What the texts of the result say. */
function textLines(state: DashboardState, run: Run, width: number): Line[] {
	return shownTexts(run, state.runFolderOf(run.id)).flatMap(({name, file}): Line[] => {
		const found = state.outputTexts[file];
		const title: Line = [span('dim', cleanText(name))];
		if (!found) {
			return [title, [span('dim', 'reading …')], []];
		}

		return found.state === 'failed'
			? [title, [span('warn', cleanText(found.message))], []]
			: [
					title,
					...paragraph(readableText(found.text.trimEnd()), width),
					...(found.isCut ? [[span('dim', 'the rest of the file is not shown')]] : []),
					[],
				];
	});
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
		...(prompt ? [[], ...paragraph(readableText(prompt.text), width)] : []),
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
