import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {layoutOf} from '../../state/layout.js';
import {addNotice} from '../../state/notices.js';
import {shownRunOf, tabsOf, unfinishedRuns} from '../../state/selectors.js';

/** How far a first start is on the way to its first video. */
export type TourStep = {number: 1 | 2 | 3 | 4; words: string};
export const tourSteps = 4;

/** What to press next; undefined without a tour, or where there is nothing to say. */
export function tourStep(state: DashboardState): TourStep | undefined {
	const {touring, overlay, runs, prompts = []} = state;
	if (!touring || !runs) {
		return undefined;
	}

	if (overlay?.kind === 'launch') {
		const enter = keyOf(state, 'form-submit', 'launch-form');
		return {number: 2, words: `${enter} launches it; the defaults are fine`};
	}

	// The keys of the other steps are those of the home screen.
	if (overlay) {
		return undefined;
	}

	if (unfinishedRuns(state).length > 0) {
		return {number: 3, words: toRun(state) ?? itRuns(state)};
	}

	if (runs.some(({shown}) => shown === 'completed')) {
		return {number: 4, words: `the video is ready: ${toRun(state) ?? toOutputs(state)}`};
	}

	return {
		number: 1,
		words:
			prompts.length === 0
				? `${keyOf(state, 'new-prompt')} creates a prompt from a text, with or without images and videos`
				: `${keyOf(state, 'launch')} opens the launch form for the selected prompt`,
	};
}

function itRuns({tab}: DashboardState): string {
	return tab === 'log' ? 'running: this is its log' : 'running: its video comes at the end';
}

/** How the detail comes to show a run; undefined when it does. */
function toRun(state: DashboardState): string | undefined {
	if (state.subject !== 'runs') {
		return `${keyOf(state, 'to-runs')} goes to the runs`;
	}

	return layoutOf(state).showDetail ? undefined : `${keyOf(state, 'open')} opens the run`;
}

function toOutputs(state: DashboardState): string {
	const tabs = tabsOf(state);
	const away = (tabs.indexOf('outputs') - tabs.indexOf(state.tab) + tabs.length) % tabs.length;
	const keys = Array.from({length: away}, () => keyOf(state, 'next-tab')).join(' ');
	return `${keys} shows the outputs`;
}

/** A tour ends where its video is. */
export function withTourEnd(state: DashboardState, at: number): DashboardState {
	const arrived =
		state.tab === 'outputs' &&
		shownRunOf(state)?.shown === 'completed' &&
		layoutOf(state).showDetail;
	if (!arrived) {
		return state;
	}

	const text = `this is your first video: ${keyOf(state, 'open-video')} opens it`;
	const hint = `${keyOf(state, 'help')} shows every key`;
	return addNotice({...state, touring: false}, {tone: 'good', text, hint, at, lasting: true});
}
