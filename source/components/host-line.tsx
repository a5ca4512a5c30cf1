import {Text} from 'ink';
import Spinner from 'ink-spinner';
import {cleanText} from '../domain/log-lines.js';
import {bytes} from '../domain/text-format.js';
import type {GpuFacts} from '../domain/types.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {sparkline} from '../state/gpu-use.js';
import {gpuName, heatWords, memoryWords, powerWords} from '../state/gpu-words.js';
import {queuedCount} from '../state/job-words.js';
import {keyOf} from '../state/key-text.js';
import {type Line, span, textOf} from '../state/line.js';
import {unfinishedRuns} from '../state/selectors.js';
import {cut, widthOf} from '../state/text-layout.js';
import type {HostReport} from '../workflow/workflow-types.js';
import {paintLine} from './rows.js';
import {paint} from './theme.js';

/** Columns of a GPU's use over the last minutes, and of a screen that has room for them. */
const historyWidth = 9;
const historyFrom = 100;

/** The top row: the host and how it is, and what goes on. */
export function HostLine({state}: {state: DashboardState}) {
	const {columns} = state.size;
	const going = unfinishedRuns(state).length;
	const queued = queuedCount(state.queue);
	const words = [
		going > 0 ? `${going} running` : '',
		queued > 0 ? `${queued} queued` : '',
		state.queue?.paused ? 'paused' : '',
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

function hostSpans(
	{host, customKeys}: DashboardState,
	room: number,
	historyOf: (gpu: number) => string,
): Line {
	const again = keyOf({customKeys}, 'ask-host');
	const name = cleanText(host.name);
	switch (host.state) {
		case 'asking':
			return [name, span('dim', ' … connecting')];
		case 'failed':
			return troubleSpans({name, again, message: host.message, hint: host.hint, at: host.at, room});
		case 'known': {
			const {report} = host;
			return report.problem
				? troubleSpans({name, again, ...report.problem, at: host.at, room})
				: [name, span('good', ' ● ready'), ...factSpans(report, historyOf)];
		}
	}
}

type Trouble = {
	name: string;
	message: string;
	hint: string;
	at: number;
	/** The key that asks the host again. */
	again: string;
	room: number;
};

function troubleSpans({name, message, hint, at, again, room}: Trouble): Line {
	const time = new Date(at);
	const since = `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
	const text = cleanText(message);
	const whole = hint === '' ? text : `${text}. ${cleanText(hint)}`;
	const head: Line = [name, span('bad', ' ✖ ')];
	const foot = `  (${since}, ${again} tries again)`;
	const left = room - widthOf(textOf(head)) - widthOf(foot);
	return [
		...head,
		span('bad', cut(widthOf(whole) <= left ? whole : text, left)),
		span('dim', foot),
	];
}

function factSpans(report: HostReport, historyOf: (gpu: number) => string): Line {
	const gpus = report.gpus.flatMap(gpu => ['   ', ...gpuSpans(gpu, historyOf(gpu.index))]);
	const others = report.jobs.length;
	return [
		...(report.host.simulated ? [span('dim', '   simulator, no GPU needed')] : gpus),
		...(report.host.simulated || report.freeSpace === undefined
			? []
			: [span('dim', `   ${bytes(report.freeSpace)} free`)]),
		...(others > 0 && !report.host.simulated
			? [span('dim', `   ${others} ${others === 1 ? 'job' : 'jobs'} there`)]
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
