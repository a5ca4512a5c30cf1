import {describe, expect, it} from 'vitest';
import type {FailureReason} from '../../../source/domain/failures/failure.js';
import {groupFailures} from '../../../source/domain/failures/failure-groups.js';
import type {Run, ShownRun} from '../../../source/domain/types.js';
import {apply, commanded, effectOf, filled} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';
import {sampleRun} from '../../store/samples.js';

const failed = (id: string, reason: FailureReason, more: Partial<Run> = {}): ShownRun => {
	const failure = {reason, message: `it ended by ${reason}`, hint: `Look at ${reason}.`};
	const run = {...sampleRun(id, {}), status: 'failed', failure, ...more} as Run;
	return {run, shown: run.status};
};

describe('failures by reason', () => {
	it('are the open ones: not ignored, not started again, each prompt once', () => {
		const of = (promptId: string) => ({promptId}) as Partial<Run>;
		const runs = [
			failed('run_000000000009', 'guardrail', of('ps_a')),
			failed('run_000000000008', 'guardrail', of('ps_b')),
			failed('run_000000000007', 'no-output', of('ps_a')),
			failed('run_000000000006', 'killed', {...of('ps_c'), tags: ['ignored']}),
			{
				...failed('run_000000000005', 'killed', {...of('ps_d'), status: 'running'}),
				shown: 'running' as const,
			},
			failed('run_000000000004', 'killed', of('ps_d')),
			failed('run_000000000003', 'no-output', of('ps_e')),
		];
		expect(
			groupFailures(runs).map(({reason, runs: own}) => [reason, own.map(({id}) => id)]),
		).toEqual([
			['guardrail', ['run_000000000009', 'run_000000000008']],
			['no-output', ['run_000000000003']],
		]);
	});
});

describe('the page of failures', () => {
	const groups = groupFailures([
		failed('run_000000000009', 'guardrail', {promptId: 'ps_a'}),
		failed('run_000000000008', 'guardrail', {promptId: 'ps_b'}),
		failed('run_000000000003', 'no-output', {promptId: 'ps_000000000001'}),
	]);
	const open = () => apply(commanded(filled(), 'failures'), {type: 'failures-read', groups});

	it('shows each reason with its count, what a dataset does about it, and an example', async () => {
		const screen = await screenOf(open());
		expect(screen).toMatch(/reason +runs +retried in datasets +newest/);
		expect(screen.split('\n').at(-1)).toContain('enter retry all');
		expect(screen).toMatch(/guardrail +2 +never +it ended by guardrail/);
		expect(screen).toMatch(/no-output +1 +once +it ended by no-output/);
		expect(screen).toMatch(/example {2}run_000000000009/);
		expect(screen).toContain('Look at guardrail.');
	});

	it('retries or ignores all runs of the selected reason', () => {
		expect(effectOf(open(), 'failures-retry')).toMatchObject({
			kind: 'retry-failures',
			group: {reason: 'guardrail', runs: [{id: 'run_000000000009'}, {id: 'run_000000000008'}]},
		});
		const second = commanded(open(), 'down');
		expect(effectOf(second, 'failures-ignore')).toMatchObject({
			kind: 'ignore-failures',
			group: {reason: 'no-output'},
		});
	});

	it('opens the form with the settings of the example', () => {
		const form = commanded(commanded(open(), 'down'), 'failures-form').overlay;
		expect(form).toMatchObject({kind: 'launch'});
	});

	it('says that nothing is open', async () => {
		const screen = await screenOf(apply(open(), {type: 'failures-read', groups: []}));
		expect(screen).toContain('No failures are open.');
	});
});
