import {pageView, title} from '../../components/page.js';
import {hintOf, messageOf} from '../../domain/errors.js';
import type {BatchingPlan} from '../../domain/queue/smart-batching.js';
import {counted} from '../../domain/text-format.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {overlayKeys, show} from '../../state/keys/key-row.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {type Page, pageKeys} from '../../state/page.js';
import type {World} from '../../state/world.js';
import type {Feature} from '../feature.js';
import {
	type BatchingChoice,
	type BatchingView,
	batchingHead,
	batchingLines,
} from './batching-lines.js';
import {createBatchingPlanner} from './batching-planner.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Smart batching: what is chosen, and the jobs before and after it. */
		batching: {choice: BatchingChoice; view: BatchingView; scroll: number};
	}
}

declare module '../../state/event.js' {
	interface Events {
		'batching-view': {view: BatchingView};
		'batching-applied': unknown;
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'batching-apply': {plan: BatchingPlan};
	}
}

/** Fewer are no batch; more in one nobody asks for by hand. */
const [smallest, largest] = [2, 32];

const context: Context = {name: 'batching', title: 'Smart batching', order: 40};
const page: Page<'batching'> = {
	kind: 'batching',
	title: () => title('Smart batching'),
	head: batchingHead,
	lines: (state, overlay, width) => batchingLines(overlay, width, keyOf(state, 'batching-mixed')),
	widest: 96,
	margin: 2,
	otherRows: 10,
	// A plan that arrives does not move the frame.
	least: 8,
};

export function openBatching(): OverlayOf<'batching'> {
	return {kind: 'batching', choice: {mixed: false}, view: {state: 'making'}, scroll: 0};
}

/** `1 container start saved` */
function savedStarts(saved: number): string {
	return `${counted(saved, 'container start')} saved`;
}

type Batching = OverlayOf<'batching'>;

// While the plan is being made enter waits with it.
const nothingToMerge = (_: DashboardState, {view}: Batching) =>
	view.state === 'made' && view.plan.groups.length === 0 ? '' : undefined;
const toggleMixed = (state: DashboardState, overlay: Batching) =>
	choose(state, overlay, {...overlay.choice, mixed: !overlay.choice.mixed});
const more = (state: DashboardState, overlay: Batching) =>
	chooseMax(state, overlay, (overlay.choice.max ?? smallest - 1) + 1);
const fewer = (state: DashboardState, overlay: Batching) =>
	chooseMax(state, overlay, overlay.choice.max && overlay.choice.max - 1);

/** The dialog of smart batching. */
export const batching = {
	overlays: {
		batching: {
			keys: [
				...overlayKeys('batching', context, [
					[
						'batching-apply',
						'enter',
						'merge',
						'merge the jobs as shown',
						apply,
						{disabled: nothingToMerge, changes: true},
					],
					[
						'batching-mixed',
						'm',
						'mixed/strict',
						'toggle merging jobs with different controls',
						toggleMixed,
					],
					['batching-more', 'right l +', '← →:max per batch', 'raise the maximum per batch', more],
					[
						'batching-fewer',
						'left h -',
						'',
						'lower the maximum per batch; below 2 the hosts decide',
						fewer,
					],
				]),
				...pageKeys(page),
			],
			view: pageView(page),
		},
	},
	answers: {
		'batching-view': (state, {view}) =>
			state.overlay?.kind === 'batching' ? show(state, {...state.overlay, view}) : [state],
		'batching-applied': state =>
			state.overlay?.kind === 'batching' ? show(state, undefined) : [state],
	},
	work(world) {
		const planner = createBatchingPlanner(world.workflow, world.dispatch);
		return {
			perform: {'batching-apply': ({plan}) => merge(world, plan)},
			follow: planner.follow,
		};
	},
	lasting: ['batching-apply'],
} satisfies Feature;

function apply(state: DashboardState, overlay: OverlayOf<'batching'>): Step {
	const {view} = overlay;
	return view.state === 'made'
		? [
				{...state, overlay: {...overlay, view: {state: 'making'}}},
				{kind: 'batching-apply', plan: view.plan},
			]
		: [state];
}

function choose(
	state: DashboardState,
	overlay: OverlayOf<'batching'>,
	choice: BatchingChoice,
): Step {
	return show(state, {...overlay, choice, view: {state: 'making'}, scroll: 0});
}

function chooseMax(
	state: DashboardState,
	overlay: OverlayOf<'batching'>,
	wanted: number | undefined,
): Step {
	const {choice} = overlay;
	const max = wanted === undefined || wanted < smallest ? undefined : Math.min(wanted, largest);
	return max === choice.max ? [state] : choose(state, overlay, {mixed: choice.mixed, max});
}

async function merge(
	{workflow, dispatch, notice, state}: World,
	plan: BatchingPlan,
): Promise<void> {
	const {groups, before, after} = plan;
	try {
		await workflow.queue.optimise(plan);
	} catch (error) {
		const view = {state: 'failed', message: messageOf(error), hint: hintOf(error)} as const;
		dispatch({type: 'batching-view', view});
		return;
	}

	dispatch({type: 'batching-applied'});
	dispatch({type: 'undoable', what: 'the merge', back: {kind: 'split'}});
	const jobs = groups.flatMap(group => group.jobs).length;
	notice(
		'good',
		`Merged ${jobs} jobs into ${groups.length}, ${savedStarts(before - after)}`,
		`${keyOf(state(), 'undo')} splits them again, until one starts`,
	);
}
