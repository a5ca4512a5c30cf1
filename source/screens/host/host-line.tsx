import {Text} from 'ink';
import Spinner from 'ink-spinner';
import {paintLine} from '../../components/rows.js';
import {paint} from '../../components/theme.js';
import {needsNoGpu} from '../../domain/hosts/host.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {counted, formatBytes, formatLocalTime} from '../../domain/text-format.js';
import type {GpuFacts} from '../../domain/types.js';
import {type Line, span, textOf} from '../../state/content/line.js';
import {cut, widthOf} from '../../state/content/text-layout.js';
import type {DashboardState, HostView} from '../../state/dashboard-state.js';
import {queuedCount} from '../../state/job-words.js';
import {keyOf} from '../../state/keys/keymap.js';
import {unfinishedRuns} from '../../state/selectors.js';
import type {HostReport} from '../../workflow/workflow-types.js';
import {sparkline} from './gpu-use.js';
import {gpuName, heatWords, memoryWords, powerWords} from './gpu-words.js';
import {nextTryOf} from './host-retry.js';

/** Columns of a GPU's use over the last minutes, and of a screen that has room for them. */
const historyWidth = 9;
const historyFrom = 100;

/** The top row: the host and its state, and what is running. */
export function HostLine({state}: {state: DashboardState}) {
	const {columns} = state.size;
	const going = unfinishedRuns(state).length;
	const queued = queuedCount(state.queue);
	// The reason why a host cannot be used counts more than what the queue's title says too.
	const crowded = columns < historyFrom && problemOf(state.host) !== undefined;
	const words = [
		going > 0 ? `${going} running` : '',
		queued > 0 && !crowded ? `${queued} queued` : '',
		state.queue?.paused && !crowded ? 'paused' : '',
	].filter(Boolean);
	const right = words.length === 0 ? '' : ` ${words.join(' · ')} `;
	const room = columns - widthOf(right) - (going === 0 ? 0 : 1);
	const {samples = []} = state.looks[state.host.name] ?? {};
	const historyOf = (gpu: number) =>
		samples.length > 1 && columns >= historyFrom
			? sparkline(samples, gpu, historyWidth).trim()
			: '';
	const only: Line = state.readOnly ? [span('warn', ' read-only ')] : [];
	const line: Line = [
		span('strong', ' cosmos '),
		...only,
		'  ',
		...hostSpans(state, room - 12 - (state.readOnly ? 11 : 0), historyOf),
	];
	const left = paintLine(line, room);
	return (
		<Text wrap="truncate">
			{/* Of the spinners the calmest: every one of its steps costs the terminal a whole frame. */}
			{left}
			{going === 0 ? '' : <Spinner type="squareCorners" />}
			{paint('accent', right)}
		</Text>
	);
}

function hostSpans(state: DashboardState, room: number, historyOf: (gpu: number) => string): Line {
	const {host} = state;
	const name = cleanText(host.name);
	if (host.state === 'asking') {
		return [name, span('dim', ' … connecting')];
	}

	const problem = problemOf(host);
	return problem
		? troubleSpans(state, problem, room)
		: [
				name,
				span('good', ' ● ready'),
				...(host.state === 'known' ? factSpans(host.report, historyOf) : []),
			];
}

function problemOf(host: HostView): {message: string; hint: string} | undefined {
	return host.state === 'failed' ? host : host.state === 'known' ? host.report.problem : undefined;
}

/** Why the host cannot be used, since when, and when it is asked again. */
function troubleSpans(
	state: DashboardState,
	{message, hint}: {message: string; hint: string},
	room: number,
): Line {
	const {host, looks} = state;
	const at = 'at' in host ? host.at : state.now;
	const next = nextTryOf(host);
	const again = keyOf(state, 'ask-host');
	const since = clock(looks[host.name]?.trouble?.since ?? at);
	const text = cleanText(message);
	const whole = hint === '' ? text : `${text}. ${cleanText(hint)}`;
	const head: Line = [cleanText(host.name), span('bad', ' ✖ ')];
	const leftBy = (foot: string) => room - widthOf(textOf(head)) - widthOf(foot);
	const long =
		next === undefined
			? `  (${since}, ${again} tries again)`
			: `  (since ${since}, next try ${clock(next)}, ${again} tries now)`;
	const short = next === undefined ? long : `  (since ${since}, next ${clock(next)})`;
	const foot = widthOf(text) <= leftBy(long) ? long : short;
	const left = leftBy(foot);
	return [
		...head,
		span('bad', cut(widthOf(whole) <= left ? whole : text, left)),
		span('dim', foot),
	];
}

const clock = (at: number) => formatLocalTime(new Date(at).toISOString()).slice(-5);

function factSpans(report: HostReport, historyOf: (gpu: number) => string): Line {
	const gpus = report.gpus.flatMap(gpu => ['   ', ...gpuSpans(gpu, historyOf(gpu.index))]);
	const others = report.jobs.length;
	return [
		...(report.host.endpoint
			? [span('dim', `   model ${report.host.endpoint.model}`)]
			: report.host.simulated
				? [span('dim', '   simulator, no GPU needed')]
				: gpus),
		...(needsNoGpu(report.host) || report.freeSpace === undefined
			? []
			: [span('dim', `   ${formatBytes(report.freeSpace)} free`)]),
		...(others > 0 && !report.host.simulated
			? [span('dim', `   ${counted(others, 'job')} there`)]
			: []),
	];
}

/** @param history its use over the last minutes; empty when nobody asked for it */
function gpuSpans(gpu: GpuFacts, history: string): Line {
	const use = gpu.utilization === undefined ? '' : `${gpu.utilization}%`;
	const facts = [use, memoryWords(gpu), heatWords(gpu), powerWords(gpu)].filter(Boolean);
	return [
		gpuName(gpu),
		...(history === '' ? [] : ['  ', span('accent', history)]),
		span('dim', `  ${facts.join('  ')}`),
	];
}
