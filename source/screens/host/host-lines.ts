import {formatAge} from '../../domain/age.js';
import {formatLocation, type Host, slotNames} from '../../domain/hosts/host.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {
	formatBytes,
	formatDuration,
	formatLocalTime,
	waitingText,
} from '../../domain/text-format.js';
import type {GpuFacts, GpuProcess, LiveJob} from '../../domain/types.js';
import {type Line, type Role, span} from '../../state/content/line.js';
import {cut, cutStart, pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState, HostLook} from '../../state/dashboard-state.js';
import {shortTime} from '../../state/selectors.js';
import type {HostJob, WaitingJobs} from '../../workflow/hosts/host-types.js';
import {isUp, type ShownServer, serverState} from '../../workflow/hosts/shown-server.js';
import type {HostReport} from '../../workflow/workflow-types.js';
import {slotLines} from '../queue/slot-lines.js';
import {sampleMinutes, sparkline} from './gpu-use.js';
import {gpuName, heatWords, memoryWords, powerWords} from './gpu-words.js';
import {silentPause} from './host-watch.js';

/** Columns of the names at the left. */
const labelWidth = 12;
/** Columns of a GPU's use over the last minutes, at most. */
const historyWidth = 45;

/** The host page: as many rows as there are, the view scrolls over them. */
export function hostLines(state: DashboardState, name: string, width: number): Line[] {
	const host = state.hosts.find(one => one.name === name);
	const look = state.looks[name];
	if (!host) {
		return [];
	}

	return [
		...connectionLines(host, look, width),
		...slotRows(host),
		...(look?.answer ? answerLines(look.answer, look, width) : []),
		...allHosts(state),
	];
}

/** Nothing where a host is one slot and in no group. */
function slotRows(host: Host): Line[] {
	const slots = slotNames(host);
	const {groups = []} = host;
	return [
		...(slots.length > 1 ? row('slots', [slots.join('  ')]) : []),
		...(groups.length > 0 ? row('groups', [groups.join('  ')]) : []),
	];
}

function allHosts(state: DashboardState): Line[] {
	const lines = slotLines(state);
	return lines.length === 0 ? [] : [[], [span('strong', 'All hosts')], ...lines];
}

function connectionLines(host: Host, look: HostLook | undefined, width: number): Line[] {
	const where = formatLocation(host);
	const {answer, trouble, waitingSince} = look ?? {};
	const waiting =
		waitingSince === undefined
			? []
			: row('', [span('warn', `asked at ${momentOf(waitingSince, waitingSince)}, no answer yet`)]);
	if (trouble) {
		return [
			...row('connection', [
				span('bad', `✖ no answer since ${momentOf(trouble.since, trouble.at)}`),
				span('dim', `  ${where}`),
			]),
			...words(trouble.message, 'bad', width),
			...words(trouble.hint, 'plain', width, '→ '),
			...row('', [span('dim', `asked again every ${silentPause / 1000} s`)]),
			...waiting,
			...(answer
				? row('', [span('dim', `the last answer, from ${momentOf(answer.at, trouble.at)}`)])
				: []),
			[],
		];
	}

	if (!answer) {
		return [...row('connection', [`${where} `, span('dim', '… asking')]), ...waiting];
	}

	const {connectedSince, answerTime, problem} = answer.report;
	const facts = [
		where,
		connectedSince && `since ${momentOf(connectedSince, answer.at)}`,
		answerTime !== undefined && `answers in ${Math.max(1, Math.round(answerTime))} ms`,
	];
	return [
		...row('connection', [
			waitingSince === undefined
				? span(problem ? 'warn' : 'good', problem ? '● connected' : '● ready')
				: span('warn', '… waiting'),
			`  ${facts.filter(Boolean).join(', ')}`,
		]),
		...waiting,
		...(problem
			? [
					...words(`no job can run: ${problem.message}`, 'bad', width),
					...words(problem.hint, 'plain', width, '→ '),
				]
			: []),
	];
}

/** `12:04`, or `Nov 24 12:04` when that was another day than `now`. */
function momentOf(at: number, now: number): string {
	const iso = new Date(at).toISOString();
	const clock = formatLocalTime(iso).slice(-5);
	const day = shortTime(iso, now);
	return day === clock ? clock : `${day} ${clock}`;
}

function answerLines(
	{report, at}: NonNullable<HostLook['answer']>,
	{samples}: HostLook,
	width: number,
): Line[] {
	const {host, gpus, freeSpace, jobs, processes} = report;
	return [
		...engineLines(report, at, width),
		...(freeSpace === undefined
			? []
			: row('disk', [`${formatBytes(freeSpace)} free`, span('dim', ` in ${host.remoteDir}`)])),
		[],
		...(gpus.length === 0
			? noGpuLines(report)
			: [
					[span('strong', 'GPUs'), span('dim', `  use over the last ${sampleMinutes} min`)],
					...gpus.flatMap(gpu => [
						gpuLine(host, gpu, width),
						useLine(gpu, sparkline(samples, gpu.index, Math.min(historyWidth, width - labelWidth))),
					]),
				]),
		...serverLines(report.servers ?? []),
		[],
		[span('strong', 'cosmos jobs')],
		...(jobs.length === 0 ? [none] : jobs.map(jobLine)),
		...waitingLines(report.waiting ?? []),
		...(processes ? processLines(processes, jobs, width) : []),
	];
}

/** The models that are loaded, or could be. */
function serverLines(servers: readonly ShownServer[]): Line[] {
	return servers.length === 0
		? []
		: [
				[],
				[span('strong', 'Model servers')],
				...servers.map((server): Line => {
					const {name, checkpoint, lane, upFor, gpuMemory, startedBy = ''} = server;
					const facts = [
						upFor !== undefined && `up ${formatDuration(upFor)}`,
						gpuMemory !== undefined && formatBytes(gpuMemory * 1024 * 1024),
						cleanText(startedBy),
					];
					return [
						`  ${pad(cut(cleanText(name), 12), 12)} ${pad(cut(checkpoint, 26), 26)} ${pad(cut(lane, 8), 8)} `,
						span(isUp(server) ? 'good' : 'dim', serverState(server)),
						span('dim', `  ${facts.filter(Boolean).join('  ')}`),
					];
				}),
			];
}

const none: Line = [span('dim', '  none')];

function engineLines({engine, host}: HostReport, at: number, width: number): Line[] {
	if (!engine) {
		return [];
	}

	const made = Date.parse(engine.imageCreated);
	const age = Number.isNaN(made)
		? ''
		: `made ${engine.imageCreated.slice(0, 10)}, ${formatAge((at - made) / 1000)} ago`;
	const image = cleanText(engine.image);
	const fits = labelWidth + image.length + age.length + 2 <= width;
	return [
		...row('engine', [engine.version]),
		...(host.image !== ''
			? row('image', [cutStart(image, width - labelWidth), span('dim', fits ? `  ${age}` : '')])
			: row('image', [span('dim', 'none: jobs run without a container')])),
		...(fits || age === '' ? [] : row('', [span('dim', age)])),
	];
}

function noGpuLines({host, problem, gpuNote}: HostReport): Line[] {
	const why = host.endpoint
		? 'none needed: it is an endpoint'
		: host.simulated
			? 'none needed: the simulator stands in for the model'
			: (gpuNote ?? (problem ? 'unknown' : 'nvidia-smi reports none'));
	return row('GPUs', [span('dim', why)]);
}

/** `GPU 0       H100 80GB HBM3          41/80 GB   64°C   410/700 W` */
function gpuLine(host: Host, gpu: GpuFacts, width: number): Line {
	const others = host.gpus.length > 0 && !host.gpus.includes(gpu.index);
	const facts = [memoryWords(gpu).padStart(9), heatWords(gpu).padStart(5), powerWords(gpu, true)];
	const room = Math.max(10, Math.min(30, width - labelWidth - 30));
	return [
		pad(`GPU ${gpu.index}`, labelWidth),
		pad(cut(gpuName(gpu), room), room),
		`  ${facts.join('  ')}`,
		span('dim', others ? '  not used for jobs' : ''),
	];
}

/** Dots where nobody has asked yet. */
function useLine({utilization}: GpuFacts, history: string): Line {
	const use = utilization === undefined ? '' : `${utilization}%`;
	const asked = history.trimStart();
	return [
		pad(use.padStart(labelWidth - 2), labelWidth),
		span('dim', '·'.repeat(history.length - asked.length)),
		span('accent', asked),
	];
}

function jobLine({runId, lane, startedBy, state, dataset}: HostJob): Line {
	return [
		`  ${pad(runId, 18)}${pad(lane, 9)} ${pad(startedBy, 20)} `,
		span('dim', dataset ? `${state}, ${dataset}` : state),
	];
}

/** What waits for the host in our queue: a dataset is one line. */
function waitingLines(waiting: readonly WaitingJobs[]): Line[] {
	return waiting.length === 0
		? []
		: [[], [span('strong', 'Waiting here')], ...waiting.map(group => [`  ${waitingText(group)}`])];
}

function processLines(
	processes: readonly GpuProcess[],
	jobs: readonly LiveJob[],
	width: number,
): Line[] {
	const among = jobs.length > 0 && processes.length > 0 ? '  including those of the jobs' : '';
	return [
		[],
		[span('strong', 'Processes on the GPUs'), span('dim', among)],
		...(processes.length === 0 ? [none] : []),
		...processes.map(({pid, name, gpu, memory, user}): Line => {
			const size = memory === undefined ? '' : formatBytes(memory * 1024 * 1024);
			const head = [
				pad(gpu === undefined ? '' : `GPU ${gpu}`, labelWidth - 2),
				pad(user === undefined ? '' : cleanText(user), 12),
				String(pid).padStart(8),
				`${size.padStart(10)}  `,
			].join(' ');
			return [`  ${head}`, span('dim', cutStart(cleanText(name), width - head.length - 2))];
		}),
	];
}

function row(label: string, rest: Line): Line[] {
	return [[span('dim', pad(label, labelWidth)), ...rest]];
}

/** A sentence under a row's text; nothing for an empty one. */
function words(text: string, role: Role, width: number, sign = ''): Line[] {
	return cleanText(text) === ''
		? []
		: wrap(cleanText(text), width - labelWidth - sign.length).flatMap((line, index) =>
				row('', [span('strong', index === 0 ? sign : ' '.repeat(sign.length)), span(role, line)]),
			);
}
