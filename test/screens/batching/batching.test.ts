import {expect, it} from 'vitest';
import type {BatchingPlan} from '../../../source/domain/queue/smart-batching.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {footerKeys} from '../../../source/state/keys/keymap.js';
import {selectedJob} from '../../../source/state/selectors.js';
import type {QueueView} from '../../../source/workflow/queue/queue-types.js';
import {
	apply,
	commanded,
	commandFor,
	effectOf,
	filled,
	noon,
	waitingJob,
} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

const jobs = [waitingJob(1), waitingJob(2), waitingJob(3), waitingJob(4)] as const;
const plan: BatchingPlan = {
	groups: [{jobs: [jobs[0], jobs[1], jobs[3]], controls: ['edge', 'depth']}],
	before: 4,
	after: 2,
};

function queued(undoable = 0): DashboardState {
	const shown = jobs.map(one => ({job: one, shown: one.status, note: ''}));
	const view: QueueView = {paused: true, jobs: shown, lanes: [], workers: [], undoable};
	return commanded(apply(filled(), {type: 'queue-read', view, at: noon}), 'to-queue');
}

const opened = commanded(queued(), 'down', 'queue-batch');
const planned = (made: BatchingPlan = plan, state = opened) =>
	apply(state, {type: 'batching-view', view: {state: 'made', plan: made}});
const choiceIn = ({overlay}: DashboardState) =>
	overlay?.kind === 'batching' ? overlay.choice : undefined;

it('shows the jobs before, the batches after and the container starts saved', () => {
	const screen = screenOf(planned());
	expect(screen).toMatch(/container starts +4 before, 2 after, 2 saved/);
	expect(screen).toMatch(/street-1 +┐ batch ×3 on h100/);
	expect(screen).toMatch(/street-2 +│ edge, depth/);
	expect(screen).toMatch(/street-4 +┘/);
	expect(screen).toContain('and 1 that stays as it is');
});

it('says so when there is nothing to merge, and enter closes', () => {
	const nothing = planned({groups: [], before: 4, after: 4});
	expect(screenOf(nothing)).toContain('No two waiting transfers can share a container.');
	expect(commandFor(nothing, 'enter')).toBe('page-close');
});

it('changes between strict and mixed, and shows no plan that was made for the other', () => {
	const mixed = commanded(planned(), 'batching-mixed');
	expect(choiceIn(mixed)).toEqual({mixed: true});
	expect(screenOf(mixed)).toMatch(/mixed {2}weight 0[\s\S]*reading the inputs/);
	expect(choiceIn(commanded(mixed, 'batching-mixed'))).toEqual({mixed: false});
});

it('takes the most in one from 2 on, and below that from the host', () => {
	const three = commanded(opened, 'batching-more', 'batching-more');
	expect(choiceIn(three)).toEqual({mixed: false, max: 3});
	const none = commanded(three, 'batching-fewer', 'batching-fewer', 'batching-fewer');
	expect(choiceIn(none)?.max).toBeUndefined();
});

it('merges what is shown, once', () => {
	expect(effectOf(planned(), 'batching-apply', noon)).toEqual({kind: 'batching-apply', plan});
	expect(effectOf(opened, 'batching-apply', noon)).toBeUndefined();
	const pressed = commanded(planned(), 'batching-apply');
	expect(effectOf(pressed, 'batching-apply', noon)).toBeUndefined();
});

it('goes back to the selected job after merging, and after esc', () => {
	for (const state of [
		apply(planned(), {type: 'batching-applied'}),
		commanded(planned(), 'page-close'),
	]) {
		expect(state.overlay).toBeUndefined();
		expect(selectedJob(state)?.job.id).toBe('job_000000000002');
	}
});

it('says why nothing was merged', () => {
	const view = {state: 'failed', message: 'the queue has changed', hint: 'Ask again.'} as const;
	expect(screenOf(apply(opened, {type: 'batching-view', view}))).toMatch(
		/the queue has changed[\s\S]*Ask again\./,
	);
});

it('offers to undo only while that is possible', () => {
	const labels = (state: DashboardState) => footerKeys(state).map(({label}) => label);
	expect(labels(queued())).not.toContain('undo');
	expect(labels(queued(3))).toContain('undo');
	expect(effectOf(queued(3), 'queue-undo', noon)).toEqual({kind: 'queue-undo'});
});
