import {demoName} from '../../domain/hosts/host-choice.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {formatLocalTime} from '../../domain/text-format.js';
import {type Line, span} from '../../state/content/line.js';
import {cut, pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {jobWords} from '../../state/job-words.js';
import type {ShownSlot} from '../../workflow/queue/queue-types.js';

/** Columns of a host's name, and of what a slot is running. */
const nameWidth = 12;
const jobWidth = 24;

/**
 * A row for each host of the configuration: what its slots are doing, or that it does not answer. None
 * where there is nothing to compare: one slot, which answers. The demo host is left out while it is idle.
 */
export function slotLines({queue, looks}: DashboardState): Line[] {
	const shown = (queue?.lanes ?? []).filter(
		({host, job}) => host !== demoName || job !== undefined,
	);
	if (shown.length < 2 && !shown.some(({silent}) => silent)) {
		return [];
	}

	return [...new Set(shown.map(({host}) => host))].map((host): Line => {
		const own = shown.filter(slot => slot.host === host);
		const name = `  ${pad(cut(cleanText(host), nameWidth), nameWidth)} `;
		const {trouble, answer} = looks[host] ?? {};
		const reported = own.find(slot => slot.silent)?.silent;
		// The host page has asked since, and was answered.
		const silent =
			reported && (answer?.at ?? 0) > Date.parse(reported.until) ? undefined : reported;
		const since = silent ? Date.parse(silent.since) : trouble?.since;
		return since === undefined
			? [name, ...own.flatMap(slot => slotSpans(slot, queue?.jobs ?? []))]
			: [
					name,
					span('bad', `✖ no answer since ${clock(since)}`),
					span('dim', silent ? `, asked again from ${clock(Date.parse(silent.until))}` : ''),
					span('dim', silent ? `  ${cleanText(silent.problem)}` : ''),
				];
	});
}

function slotSpans(
	{lane, job}: ShownSlot,
	jobs: NonNullable<DashboardState['queue']>['jobs'],
): Line {
	const at = jobs.find(shown => shown.job.id === job)?.job;
	return at
		? [
				span('accent', `▶ ${lane} `),
				pad(cut(cleanText(jobWords(at).names), jobWidth - lane.length), jobWidth - lane.length),
			]
		: [span('dim', `· ${pad(`${lane} free`, jobWidth)} `)];
}

function clock(at: number): string {
	return formatLocalTime(new Date(at).toISOString()).slice(-5);
}
