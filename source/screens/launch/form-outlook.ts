import {paintLine} from '../../components/rows.js';
import {sendingNotice} from '../../domain/hosts/endpoint.js';
import {hostsFor, slotKeysFor} from '../../domain/hosts/host-choice.js';
import {isMedia} from '../../domain/inputs/media.js';
import {enhancerOf, outlookOf} from '../../domain/models/families.js';
import {hostMemoryWarning} from '../../domain/models/memory-warning.js';
import {describeResult} from '../../domain/models/outlook.js';
import {median} from '../../domain/quantiles.js';
import {containersOf, workSeconds} from '../../domain/queue/expected-wait.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {describeServers} from '../../domain/servers/server-fit.js';
import type {Settings, SettingsOf} from '../../domain/settings/settings.js';
import {counted, formatDuration} from '../../domain/text-format.js';
import {span} from '../../state/content/line.js';
import {cut, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {isRemoteForm} from './form-host.js';
import {hasProblems, type LaunchForm, requestsOf, settingsIn} from './launch-form.js';

/** What a person should know before the launch: what is ignored, cut or will differ. */
function formWarnings(form: LaunchForm): string[] {
	const {target, model, mode, endpoint} = form;
	if (endpoint && isRemoteForm(form) && target.operation === 'enhance') {
		const settings = settingsIn(form) as SettingsOf<'enhance'>;
		const {looksAt} = enhancerOf({model, mode});
		const seen = target.prompts.flatMap(({inputs}) =>
			looksAt(inputs.filter(isMedia), settings, endpoint),
		);
		return [sendingNotice(endpoint, seen.length > 0)];
	}

	if (target.operation !== 'transfer' || hasProblems(form)) {
		return [];
	}

	const {prompts} = target;
	return prompts.flatMap(({name, text, negative, inputs}, at) => {
		const settings = settingsIn(form, at) as Settings;
		const launch = {promptText: text, negative, settings, inputs: inputs.filter(isMedia)};
		const {misfit, warnings} = outlookOf({model, mode}, launch);
		return (misfit ? [misfit, ...warnings] : warnings).map(line =>
			prompts.length > 1 ? `${name}: ${line}` : line,
		);
	});
}

/** What comes out of the only prompt of a form. */
function resultRow(form: LaunchForm, width: number): string[] {
	const {target, model, mode} = form;
	const prompt = target.operation === 'transfer' ? target.prompts[0] : undefined;
	if (
		!prompt ||
		target.operation !== 'transfer' ||
		target.prompts.length > 1 ||
		hasProblems(form)
	) {
		return [];
	}

	const {text, negative, inputs} = prompt;
	const settings = settingsIn(form) as Settings;
	const launch = {promptText: text, negative, settings, inputs: inputs.filter(isMedia)};
	const {result} = outlookOf({model, mode}, launch);
	return result ? [paintLine([' ', span('dim', `= ${describeResult(result)}`)], width)] : [];
}

/** The warning of a host whose GPUs are known, and may be too small. */
export function formMemoryWarning(
	{host: known, looks}: Pick<DashboardState, 'host' | 'looks'>,
	form: LaunchForm,
): string[] {
	const {target, model, mode, host: name} = form;
	const report =
		looks[name]?.answer?.report ??
		(known.state === 'known' && known.name === name ? known.report : undefined);
	if (!report || target.operation === 'recipe' || hasProblems(form)) {
		return [];
	}

	const {operation} = target;
	const prompts = target.operation === 'transfer' ? target.prompts : [undefined];
	const tasks = prompts.map((_, at) => ({
		...{operation, model, mode},
		settings: settingsIn(form, at) as Settings,
	}));
	const warning = hostMemoryWarning(report.host, report.gpus, tasks);
	return warning ? [warning] : [];
}

/** `= 24 runs, about 3 h 10`, judging by the runs in the list; where settings or texts make several. */
export function sweepRow(
	{runs, hosts}: Pick<DashboardState, 'runs' | 'hosts'>,
	form: LaunchForm,
	width: number,
): string[] {
	const swept = hasProblems(form) ? [] : requestsOf(form).filter(({sweep}) => sweep !== undefined);
	if (swept.length === 0) {
		return [];
	}

	const alike = (runs ?? []).filter(
		({run}) => run.operation === form.target.operation && run.model === form.model,
	);
	const times = containersOf(alike).flatMap(group => workSeconds(group.map(({run}) => run)) ?? []);
	const slots = Math.max(1, slotKeysFor(hosts, form.host).length);
	const seconds = times.length === 0 ? undefined : (median(times) * swept.length) / slots;
	const time = seconds === undefined ? '' : `, about ${formatDuration(seconds)}`;
	return [paintLine([' ', span('strong', `= ${counted(swept.length, 'run')}${time}`)], width)];
}

/** Which model servers of the host would do it, and why not. A batch shares a container. */
export function serverRows(
	{hosts}: Pick<DashboardState, 'hosts'>,
	form: LaunchForm,
	width: number,
): string[] {
	const {target, model, mode, host} = form;
	if (target.operation !== 'transfer' || target.together || hasProblems(form)) {
		return [];
	}

	const [first] = target.prompts;
	const siblings = requestsOf(form).length - 1;
	const places = hostsFor(hosts, host);
	const task = {
		...{operation: target.operation, model, mode, inputs: first?.inputs ?? []},
		settings: settingsIn(form) as Settings,
	};
	return places
		.flatMap(place =>
			describeServers(place, task, {siblings}).map(line =>
				places.length > 1 ? `${place.name}, ${line}` : line,
			),
		)
		.slice(0, mostServers)
		.map(line => paintLine([' ', span('dim', cut(cleanText(line), width - 2))], width));
}

/** Rows of the form for servers. */
const mostServers = 2;

/**
 * What comes out, and the warnings in at most `most` rows.
 * @param more warnings of what is not of the form alone
 */
export function outlookRows(
	form: LaunchForm,
	width: number,
	most: number,
	more: readonly string[] = [],
): string[] {
	return [...resultRow(form, width), ...warningRows([...formWarnings(form), ...more], width, most)];
}

function warningRows(warnings: readonly string[], width: number, most: number): string[] {
	const all = warnings.flatMap(line => wrap(cleanText(`! ${line}`), width - 2));
	const shown =
		all.length > most
			? [...all.slice(0, most - 1), `! and ${all.length - most + 1} more rows: see the plan`]
			: all;
	return shown.map(text => paintLine([' ', span('warn', text)], width));
}
