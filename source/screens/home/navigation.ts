import type {DashboardState} from '../../state/dashboard-state.js';
import {focusOn} from '../../state/focus.js';
import {home, lists} from '../../state/keys/contexts.js';
import {homeKeys} from '../../state/keys/key-row.js';
import {layoutOf} from '../../state/layout.js';
import {originOf, runOfJob} from '../../state/origin.js';
import type {Feature} from '../feature.js';
import {markRange, toggleMark, toOrigin} from './marks.js';
import {
	movePages,
	movePanel,
	moveRows,
	moveTab,
	moveToFirst,
	moveToLast,
	scrollHalfPage,
	zoom,
} from './move.js';

const noDetail = (state: DashboardState) => (layoutOf(state).showDetail ? undefined : '');
const noOrigin = (state: DashboardState) =>
	runOfJob(state) !== undefined || (state.subject !== 'prompts' && originOf(state) !== undefined)
		? undefined
		: '';

const noTour = ({touring}: DashboardState) => (touring ? undefined : '');

const markHelp = 'mark or unmark the row and go to the next; actions then apply to all marked rows';
const originHelp = 'go to the prompt of this run; from a job to its run or prompt';
const endTour = (state: DashboardState) => ({...state, touring: false});

/** Moving about the home screen, and marking rows. */
export const navigation = {
	keys: [
		...homeKeys(lists, [
			['mark', 'space', 'mark', markHelp, toggleMark],
			['mark-range', 'v', '', 'mark every row from the last marked one to here', markRange],
			['to-origin', '<', '', originHelp, toOrigin, {disabled: noOrigin}],
		]),
		...homeKeys(home, [
			['previous-tab', '[ left h', '', 'previous tab', moveTab(-1), {disabled: noDetail}],
			['next-tab', '] right l', '[ ]:tab', 'next tab', moveTab(1), {disabled: noDetail}],
			['zoom', 'z', '', 'toggle the detail over the whole screen; a log without borders', zoom],
		]),
		...homeKeys(
			home,
			[
				['down', 'j down', '', 'down', moveRows(1)],
				['up', 'k up', '', 'up', moveRows(-1)],
				['page-down', 'pagedown ctrl-f', '', 'one page down', movePages(1)],
				['page-up', 'pageup ctrl-b', '', 'one page up', movePages(-1)],
				['first', 'g home', '', 'first row; in a log its beginning', moveToFirst],
				['last', 'G end', '', 'last row; in a log its end, which is then followed', moveToLast],
				[
					'detail-down',
					'ctrl-d',
					'',
					'scroll the detail down without leaving the list',
					scrollHalfPage(1),
				],
				[
					'detail-up',
					'ctrl-u',
					'',
					'scroll the detail up without leaving the list',
					scrollHalfPage(-1),
				],
			],
			{isMove: true},
		),
		...homeKeys(home, [
			['to-prompts', '1', '', 'go to the prompts', state => focusOn(state, 'prompts')],
			['to-runs', '2', '', 'go to the runs', state => focusOn(state, 'runs')],
			['to-queue', '3', '', 'go to the queue', state => focusOn(state, 'queue')],
			['to-detail', '0', '', 'go to the detail', state => focusOn(state, 'detail')],
			['next-panel', 'tab', '', 'next panel', movePanel(1), {isMove: true}],
			['previous-panel', 'shift-tab', '', 'previous panel', movePanel(-1), {isMove: true}],
			['tour-end', 'esc', '', 'end the tour', endTour, {disabled: noTour}],
		]),
	],
} satisfies Feature;
