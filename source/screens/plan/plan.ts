import {pageView, title} from '../../components/page.js';
import {hintOf, messageOf} from '../../domain/errors.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import type {EffectOf} from '../../state/effect.js';
import {overlayKeys, show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {type Page, pageKeys} from '../../state/page.js';
import type {World} from '../../state/world.js';
import type {BatchPlan, LaunchPlan, LaunchRequest} from '../../workflow/workflow-types.js';
import type {Feature} from '../feature.js';
import type {LaunchForm} from '../launch/launch-form.js';
import {submit} from '../launch/submit.js';
import {type PlanView, planLines} from './plan-lines.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** What a launch form would send and start. */
		plan: {form: LaunchForm; view: PlanView; scroll: number};
	}
}

declare module '../../state/event.js' {
	interface Events {
		'plan-made': {view: PlanView};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		plan: {requests: readonly LaunchRequest[]; together: boolean};
	}
}

const context: Context = {name: 'plan', title: 'What will run', order: 32};
const page: Page<'plan'> = {
	kind: 'plan',
	title: () => title('What will run'),
	lines: (_, {view}, width) => planLines(view, width),
	widest: 100,
};

/** Back to the form, unless it has been submitted and its answer is awaited. */
function close(state: DashboardState, {form}: OverlayOf<'plan'>): Step {
	return form.submitted ? [state] : show(state, {kind: 'launch', form});
}

/** The page of what a launch would send and start. */
export const plan = {
	overlays: {
		plan: {
			keys: [
				...overlayKeys('plan', context, [
					[
						'form-submit',
						'enter',
						'launch',
						'launch',
						(state, overlay) => submit(state, overlay, 'launch'),
					],
					['page-close', 'esc q D', 'back', 'back to the form', close],
				]),
				...pageKeys(page, close),
			],
			view: pageView(page),
		},
	},
	answers: {
		'plan-made': (state, {view}) =>
			state.overlay?.kind === 'plan' ? show(state, {...state.overlay, view}) : [state],
	},
	work: world => ({perform: {plan: effect => makePlan(world, effect)}}),
} satisfies Feature;

async function makePlan(
	{workflow, dispatch}: World,
	{requests, together}: EffectOf<'plan'>,
): Promise<void> {
	try {
		const plans: Array<LaunchPlan | BatchPlan> = [];
		if (together) {
			plans.push(await workflow.planBatch(requests));
		} else {
			for (const request of requests) {
				plans.push(await workflow.planLaunch(request));
			}
		}

		dispatch({type: 'plan-made', view: {state: 'made', plans}});
	} catch (error) {
		const view = {state: 'failed', message: messageOf(error), hint: hintOf(error)} as const;
		dispatch({type: 'plan-made', view});
	}
}
