import {ListDialog} from '../../components/list-dialog.js';
import {title} from '../../components/page.js';
import {resultOf} from '../../domain/models/models.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {outputKind, outputKinds} from '../../domain/runs/outputs.js';
import {formatBytes} from '../../domain/text-format.js';
import type {OutputFile, Run} from '../../domain/types.js';
import {type Line, span} from '../../state/content/line.js';
import {cutStart, pad} from '../../state/content/text-layout.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {choiceKeys} from '../../state/keys/choice-keys.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {shownRunOf} from '../../state/selectors.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** The local files of a run: those of its result first, then by kind. */
		'open-output': {runId: string; files: readonly OpenedFile[]; selected: number};
	}
}

type OpenedFile = OutputFile & {isResult: boolean};
type OpenOutput = OverlayOf<'open-output'>;

const context: Context = {name: 'open-output', title: 'Open an output', order: 13};
const help = 'choose one of the files of the run, and open it';
const noFile = (state: DashboardState) =>
	filesOf(shownRunOf(state)?.run).length > 0 ? undefined : 'select a run with local outputs first';

export const openOutputKeys = homeKeys(home, [
	['open-output', 'ctrl-o', '', help, open, {disabled: noFile, verb: 'open --output'}],
]);

export const openOutput = {
	keys: [
		...overlayKeys('open-output', context, [
			['output-open', 'enter O', 'open', 'open the file', openSelected],
			['page-close', 'esc q ctrl-o', 'close', 'close', close],
		]),
		...choiceKeys('open-output', context, ({files}) => files.length),
	],
	view: OpenOutputView,
};

function filesOf(run: Run | undefined): OpenedFile[] {
	const outputs = (run && 'outputs' in run && run.outputs) || [];
	const results = run ? resultOf(run) : new Map();
	const rank = ({name, isResult}: OpenedFile) =>
		outputKinds.indexOf(outputKind(name)) - (isResult ? outputKinds.length : 0);
	return outputs
		.map(file => ({...file, isResult: results.has(file.name)}))
		.sort((one, two) => rank(one) - rank(two));
}

function open(state: DashboardState): Step {
	const run = shownRunOf(state)?.run;
	return run
		? show(state, {kind: 'open-output', runId: run.id, files: filesOf(run), selected: 0})
		: [state];
}

/** The list stays, as several files may be looked at. */
function openSelected(state: DashboardState, {runId, files, selected}: OpenOutput): Step {
	const file = files[selected];
	return file ? [state, {kind: 'open-video', runId, name: file.name}] : [state];
}

function OpenOutputView({state, overlay}: {state: DashboardState; overlay: OpenOutput}) {
	const {files, selected} = overlay;
	return (
		<ListDialog
			size={state.size}
			title={title('Open an output')}
			widest={78}
			count={files.length}
			line={(index, width) => fileLine(files[index] as OpenedFile, width - 8 - 11)}
			selected={selected}
		/>
	);
}

const fileLine = ({name, size, isResult}: OpenedFile, nameWidth: number): Line => [
	span(isResult ? 'strong' : 'plain', pad(cutStart(cleanText(name), nameWidth - 1), nameWidth)),
	span('dim', `${pad(outputKind(name), 8)}${formatBytes(size).padStart(10)}`),
];
