import {describe, expect, it} from 'vitest';
import {planKill} from '../../../source/domain/hosts/kill-plan.js';
import type {LiveJob, Run, ShownRun} from '../../../source/domain/types.js';
import {sampleRun} from '../../store/samples.js';

const [ours, theirs] = ['run_00000000000a', 'run_00000000000z'];

function run(change: Partial<Run> = {}): ShownRun {
	const sample = {...sampleRun(ours), host: 'h100', status: 'running', ...change} as Run;
	return {run: sample, shown: sample.status};
}

function job(change: Partial<LiveJob> = {}): LiveJob {
	return {runId: ours, lane: 'gpu0', startedBy: 'ann@desk', state: 'Up', ...change};
}

function plan(live: readonly LiveJob[], known: readonly ShownRun[], others = false) {
	const {runs, jobs, ofOthers} = planKill(live, known, {host: 'h100', others}, 'ann@desk');
	const ids = (list: readonly LiveJob[]) => list.map(({runId}) => runId);
	return {runs: runs.map(one => one.run.id), jobs: ids(jobs), ofOthers: ids(ofOthers)};
}

describe('what kill-all stops', () => {
	it('is an unfinished run once, with its job or without', () => {
		const once = {runs: [ours], jobs: [], ofOthers: []};
		expect(plan([job()], [run()])).toEqual(once);
		expect(plan([], [run()])).toEqual(once);
	});

	it('is a job that lives on although its run here has ended', () =>
		expect(plan([job()], [run({status: 'failed'} as Partial<Run>)])).toEqual({
			runs: [],
			jobs: [ours],
			ofOthers: [],
		}));

	it('is the job of a batch by the run that names it', () => {
		const member = run({
			id: 'run_00000000000b',
			batch: {id: ours, index: 1, size: 2},
		} as Partial<Run>);
		expect(plan([job()], [member])).toMatchObject({runs: [member.run.id], jobs: [], ofOthers: []});
	});

	it.each([
		[
			'of a run that is not in this data folder',
			job({runId: theirs}),
			run({status: 'failed'} as Partial<Run>),
		],
		['with another owner mark', job({startedBy: 'bob@desk'}), run()],
		['without an owner mark', job({startedBy: ''}), run()],
		[
			'of an imported run',
			job(),
			run({imported: {at: '', archive: ''}, status: 'failed'} as Partial<Run>),
		],
	])('is no job %s, unless --others is given', (_name, live, known) => {
		expect(plan([live], [known])).toEqual({runs: [], jobs: [], ofOthers: [live.runId]});
		const all = plan([live], [known], true);
		expect([...all.runs, ...all.jobs]).toEqual([live.runId]);
		expect(all.ofOthers).toEqual([]);
	});

	it('is no run on another host', () => expect(plan([], [run({host: 'a100'})]).runs).toEqual([]));
});
