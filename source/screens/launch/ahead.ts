import {hostsFor, slotKeysFor} from '../../domain/hosts/host-choice.js';
import {unnamedModel} from '../../domain/models/families.js';
import {isQueued} from '../../domain/queue/job.js';
import {activeControls} from '../../domain/settings/settings.js';
import {formatDuration} from '../../domain/text-format.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {nowExpected} from '../../state/job-words.js';
import {unfinishedRuns} from '../../state/selectors.js';
import {findBatchObstacle} from './batch-obstacle.js';
import {type LaunchForm, settingsIn} from './launch-form.js';

/**
 * What a launch on a host, a group or `any` would wait for: `1 ahead, about 9:12; 2 in the queue`.
 * Empty where a slot is free and nothing is queued.
 */
export function aheadWords(state: DashboardState, target: string): string {
	const hosts = new Set(hostsFor(state.hosts, target).map(({name}) => name));
	const containers = new Set(
		unfinishedRuns(state)
			.filter(({run}) => hosts.has(run.host))
			.map(({run}) => run.batch?.id ?? run.id),
	);
	const ahead = containers.size - slotKeysFor(state.hosts, target).length + 1;
	const queued = (state.queue?.jobs ?? []).filter(
		({job}) => isQueued(job) && hostsFor(state.hosts, job.host).some(({name}) => hosts.has(name)),
	).length;
	// Of those behind the first nobody knows how long they take.
	const seconds = ahead === 1 ? restOf(state, containers) : undefined;
	const about = seconds === undefined ? '' : `, about ${formatDuration(seconds)}`;
	return [ahead > 0 ? `${ahead} ahead${about}` : '', queued > 0 ? `${queued} in the queue` : '']
		.filter(Boolean)
		.join('; ');
}

/** Seconds until the first of the containers ends, judging by progress bars and earlier runs. */
function restOf(state: DashboardState, containers: ReadonlySet<string>): number | undefined {
	const {motions, queue, runs = []} = state;
	const rests = [...containers].flatMap(id => {
		const run = runs.find(one => one.run.id === id)?.run;
		const job = queue?.jobs.find(({job: {id: own}}) => own === run?.jobId);
		const bar = run?.times.sampling && !run.batch ? motions[id]?.bar : undefined;
		return bar?.etaSeconds ?? (job && nowExpected(state, job).takes) ?? [];
	});
	return rests.length === 0 ? undefined : Math.min(...rests);
}

/** The sum of a transfer's weights; empty for what has none. */
export function togetherWords(form: LaunchForm): string {
	const {target, model, mode} = form;
	const settings: Readonly<Record<string, unknown>> = settingsIn(form);
	const weights = activeControls(settings).map(name => Number(settings[name]));
	const sum = weights.reduce((total, weight) => total + weight, 0);
	if (target.operation !== 'transfer' || !Number.isFinite(sum)) {
		return '';
	}

	// So says Cosmos-Transfer1; of others nothing is known.
	const scaled = sum > 1 && model === unnamedModel ? ', normalised to 1' : '';
	const isOne = target.together && findBatchObstacle({target, model, mode}) === undefined;
	return [
		...(weights.length > 1 ? [`total ${sum.toFixed(2)}${scaled}`] : []),
		...(isOne ? ['one batch, model loaded once'] : []),
	].join(' · ');
}
