import {hostsFor, slotKeysFor} from '../../domain/hosts/host-choice.js';
import {
	enhanceKindFor,
	inputsFor,
	modeForInputs,
	unnamedModel,
} from '../../domain/models/families.js';
import {waitText} from '../../domain/queue/expected-wait.js';
import type {Job, JobPart} from '../../domain/queue/job.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {describeServers} from '../../domain/servers/server-fit.js';
import {
	activeControls,
	type Operation,
	type Settings,
	type SettingValue,
} from '../../domain/settings/settings.js';
import {resolveSettings, type SettingInForce} from '../../domain/settings/settings-tables.js';
import {formatDuration, formatLocalTime, jobSigns} from '../../domain/text-format.js';
import type {Run} from '../../domain/types.js';
import {quoteWords} from '../../executor/transport/quote-words.js';
import {paragraph} from '../../state/content/content-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {jobRoles, nowExpected, placesOf} from '../../state/job-words.js';
import {keyOf} from '../../state/keys/keymap.js';
import {originOf, runOfJob} from '../../state/origin.js';
import {shownJobOf} from '../../state/selectors.js';
import type {ShownJob} from '../../workflow/queue/queue-types.js';
import {emptyQueueTexts} from '../home/empty-texts.js';
import {groupLines, settingLine} from '../settings/settings-tab.js';
import {slotLines} from './slot-lines.js';

const labelWidth = 22;
const row = (label: string, ...words: Line): Line => [
	span('dim', pad(label, labelWidth)),
	...words,
];

const keyHint = (state: DashboardState, command: string) =>
	span('dim', `  (${keyOf(state, command)})`);

/** The Job tab: what the selected job is, where, when it starts and why not yet; what the slots are doing. */
export function jobLines(state: DashboardState, width: number): Line[] {
	const shown = shownJobOf(state);
	return shown
		? aboutJob(state, nowExpected(state, shown), width)
		: [
				...emptyQueueTexts(state).flatMap(text => wrap(text, width).map((words): Line => [words])),
				[],
				...shownSlots(state),
			];
}

function shownSlots(state: DashboardState): Line[] {
	const slots = slotLines(state);
	return slots.length === 0 ? [] : [[span('dim', 'slots')], ...slots, []];
}

function aboutJob(state: DashboardState, shown: ShownJob, width: number): Line[] {
	const {job} = shown;
	const run = runOfJob(state);
	const [first] = job.parts;
	const text = job.parts.length === 1 ? (originOf(state)?.text ?? '') : '';
	return [
		row('status', span(jobRoles[shown.shown], `${jobSigns[shown.shown]} ${shown.shown}`)),
		...noteLines(shown, width),
		...startLines(state, shown),
		row('host', ...hostWords(state, shown)),
		...serverLines(state, shown, run, width),
		...(job.after === undefined ? [] : [row('comes after', job.after)]),
		...(run ? [row('run', run.id, keyHint(state, 'to-origin'))] : []),
		...(first ? groupLines(first.request, width) : []),
		row('added', formatLocalTime(job.createdAt)),
		...finishLines(first, width),
		[],
		...shownSlots(state),
		...(text === '' ? [] : [...paragraph(text, width), []]),
		...(job.parts.length > 1 ? partLines(state, job.parts) : []),
		...settingLines(state, job.parts),
	];
}

/** Why it waits, is held or has failed. */
function noteLines({note, shown}: ShownJob, width: number): Line[] {
	const role = shown === 'failed' ? 'bad' : 'warn';
	return wrap(cleanText(note), width - labelWidth)
		.filter(words => words !== '')
		.map((words, index) => row(index === 0 ? 'why' : '', span(role, words)));
}

function startLines(state: DashboardState, shown: ShownJob): Line[] {
	const {job, takes} = shown;
	const place = placesOf(state.queue);
	const at = place.get(job.id);
	const wait = waitText(shown);
	const paused = state.queue?.paused && job.status === 'waiting';
	return [
		...(at === undefined ? [] : [row('place', `${at} of ${place.size}`)]),
		...(paused
			? [row('starts', span('warn', 'when the queue resumes'), keyHint(state, 'queue-pause'))]
			: []),
		...(wait === '' || paused || (wait === 'next' && shown.note !== '')
			? []
			: [row(shown.shown === 'working' ? 'time' : 'starts', wait)]),
		...(takes === undefined || shown.shown === 'working'
			? []
			: [row('takes', `about ${formatDuration(takes)}`, span('dim', '  judging by earlier runs'))]),
	];
}

function hostWords({hosts}: DashboardState, {job}: ShownJob): Line {
	const name = cleanText(job.host);
	if (job.lane !== '') {
		return [`${name}, slot ${job.lane}`];
	}

	const slots = slotKeysFor(hosts, job.host).length;
	const several = hostsFor(hosts, job.host).length > 1;
	return several || slots > 1
		? [name, span('dim', `  the first free one of ${slots} slots`)]
		: [name];
}

/** The server that does it; before its start, which servers could and why not. */
function serverLines(state: DashboardState, {job}: ShownJob, run: Run | undefined, width: number) {
	const [part, ...others] = job.parts;
	if (run) {
		return run.server ? [row('server', cleanText(run.server.name))] : [];
	}

	if (!part || others.length > 0 || !isQueued(job)) {
		return [];
	}

	const {kind, inputs, values} = resolvePart(state, part);
	const task = {...kind, inputs, settings: values as Settings};
	const requested = 'server' in part.request ? part.request.server : undefined;
	return hostsFor(state.hosts, job.host)
		.flatMap(host => describeServers(host, task, {requested}))
		.flatMap(line => wrap(cleanText(line.replace(/^server /, '')), width - labelWidth))
		.map((words, index) => row(index === 0 ? 'server' : '', words));
}

const isQueued = ({status}: Job) => status === 'waiting' || status === 'held';

function finishLines(part: JobPart | undefined, width: number): Line[] {
	const words = part?.onFinish ? quoteWords(part.onFinish) : '';
	return wrap(cleanText(words), width - labelWidth)
		.filter(one => one !== '')
		.map((one, index) => row(index === 0 ? 'on finish' : '', one));
}

/** What a part will do, and everything that it is launched with, as far as that can be said before its start. */
function resolvePart(state: DashboardState, {request}: JobPart) {
	const operation: Operation = request.operation ?? 'transfer';
	const none = {promptId: undefined, model: undefined, mode: undefined};
	const {promptId, model, mode} = {...none, ...request};
	const prompt = state.prompts?.find(({id}) => id === promptId);
	const host = hostsFor(state.hosts, request.host ?? state.defaultHost)[0];
	const asked = model ?? prompt?.model ?? host?.model ?? unnamedModel;
	const enhancing =
		operation === 'enhance' ? enhanceKindFor(asked, host?.endpoint !== undefined) : undefined;
	const family = operation === 'transfer' ? asked : (enhancing?.model ?? unnamedModel);
	const inputs = inputsFor(family, prompt?.inputs ?? []);
	const roles = inputs.map(({role}) => role);
	const recipe = request.operation === 'recipe' ? request.recipe : undefined;
	const kind = {
		...{operation, model: family, mode: mode ?? modeForInputs(family, roles).name},
		...(enhancing && {mode: enhancing.mode}),
		...(typeof recipe === 'object' && {recipe}),
	};
	return {kind, inputs, ...resolveSettings(kind, request.settings ?? {}, inputs)};
}

function valuesOf(state: DashboardState, part: JobPart): SettingInForce[] {
	const {rows, values} = resolvePart(state, part);
	return rows.map(row => {
		const value = values[row.key] as SettingValue;
		return {row, value, changed: value !== row.default};
	});
}

/** The parts of a batch: each a run of its own. */
function partLines(state: DashboardState, parts: readonly JobPart[]): Line[] {
	const values = parts.map(part => {
		const settings: Record<string, SettingValue> = Object.fromEntries(
			valuesOf(state, part).map(({row: {key}, value}) => [key, value]),
		);
		return activeControls(settings)
			.map(name => `${name} ${settings[name]}`)
			.join(', ');
	});
	return [
		[span('dim', 'one container, the model is loaded once')],
		...parts.map(
			({name}, index): Line => [
				span('dim', String(index + 1).padStart(3)),
				` ${pad(cleanText(name), labelWidth - 4)}`,
				span('dim', values[index] ?? ''),
			],
		),
		[],
	];
}

/** The settings; of a batch those that all its parts have. */
function settingLines(state: DashboardState, parts: readonly JobPart[]): Line[] {
	const [first = [], ...others] = parts.map(part => valuesOf(state, part));
	return first
		.filter(({row: {key}, value}) =>
			others.every(values => values.some(one => one.row.key === key && one.value === value)),
		)
		.map(settingLine);
}
