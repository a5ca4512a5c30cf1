import type {HostReport} from '../../workflow/workflow-types.js';
import type {Action} from '../actions.js';
import type {DashboardState, HostLook} from '../dashboard-state.js';
import {sampled} from './gpu-use.js';

/**
 * Takes an answer into what is known of its host. The host line goes over to a host that it asked
 * itself; of the page's answers it takes those of its own.
 */
export function withAnswer(
	state: DashboardState,
	{type, report, at}: Extract<Action, {type: 'host-answered' | 'host-looked'}>,
): DashboardState {
	const {name} = report.host;
	const looks = {...state.looks, [name]: lookWith(state.looks[name], report, at)};
	return type === 'host-answered' || name === state.host.name
		? {...state, looks, host: {state: 'known', name, report, at}}
		: {...state, looks};
}

/** Takes note of an answer that is late; what was known stays. */
export function withLate(
	state: DashboardState,
	{name, since}: Extract<Action, {type: 'host-late'}>,
): DashboardState {
	const look = state.looks[name] ?? {samples: []};
	return {...state, looks: {...state.looks, [name]: {...look, waitingSince: since}}};
}

function lookWith(before: HostLook | undefined, report: HostReport, at: number): HostLook {
	const samples = before?.samples ?? [];
	return report.silent
		? {
				answer: before?.answer,
				trouble: {
					message: report.problem?.message ?? '',
					hint: report.problem?.hint ?? '',
					since: before?.trouble?.since ?? at,
					at,
				},
				samples,
			}
		: {answer: {report, at}, samples: sampled(samples, report.gpus, at)};
}

/** The host before or after another in the configuration's order, round its ends. */
export function neighbourHost({hosts}: DashboardState, name: string, by: 1 | -1): string {
	const at = hosts.findIndex(host => host.name === name);
	return hosts[(at + by + hosts.length) % hosts.length]?.name ?? name;
}
