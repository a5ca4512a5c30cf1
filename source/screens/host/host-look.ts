import type {DashboardState, HostLook, Step} from '../../state/dashboard-state.js';
import type {EventOf} from '../../state/event.js';
import type {HostReport} from '../../workflow/workflow-types.js';
import {addSample} from './gpu-use.js';

/**
 * Stores an answer with what is known of its host. The host line changes to the host that it asked
 * itself; of the page's answers it takes only those of its own host.
 */
export function withAnswer(
	state: DashboardState,
	{type, report, at}: EventOf<'host-answered'> | EventOf<'host-looked'>,
): Step {
	const {name} = report.host;
	const looks = {...state.looks, [name]: lookWith(state.looks[name], report, at)};
	return type === 'host-answered' || name === state.host.name
		? [{...state, looks, host: {state: 'known', name, report, at}}]
		: [{...state, looks}];
}

/** Records that an answer is late; what was known stays. */
export function withLate(state: DashboardState, {name, since}: EventOf<'host-late'>): Step {
	const look = state.looks[name] ?? {samples: []};
	return [{...state, looks: {...state.looks, [name]: {...look, waitingSince: since}}}];
}

function lookWith(before: HostLook | undefined, report: HostReport, at: number): HostLook {
	const samples = before?.samples ?? [];
	return report.silent
		? {
				answer: before?.answer,
				trouble: {
					message: report.problem?.message ?? '',
					hint: report.problem?.hint ?? '',
					fingerprint: report.problem?.fingerprint,
					since: before?.trouble?.since ?? at,
					at,
				},
				samples,
			}
		: {answer: {report, at}, samples: addSample(samples, report.gpus, at)};
}

/** The host before or after another in the configuration's order; wraps around. */
export function neighbourHost({hosts}: DashboardState, name: string, by: 1 | -1): string {
	const at = hosts.findIndex(host => host.name === name);
	return hosts[(at + by + hosts.length) % hosts.length]?.name ?? name;
}
