import type {DashboardState} from '../../state/dashboard-state.js';
import {focusOn} from '../../state/focus.js';
import {home, lists} from '../../state/keys/contexts.js';
import {homeKeys} from '../../state/keys/key-row.js';
import {layoutOf} from '../../state/layout.js';
import {originOf, runOfJob} from '../../state/origin.js';
import type {Feature} from '../feature.js';
import {markRange, sortNext, toggleMark, toOrigin} from './marks.js';
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

/** Moving about the home screen, and marking rows. */
export const navigation = {
	keys: [
		...homeKeys(lists, [
			[
				'mark',
				'space',
				'mark',
				'mark or unmark the row and go to the next; actions then apply to all marked rows',
				state => [toggleMark(state)],
			],
			[
				'mark-range',
				'v',
				'',
				'mark every row from the last marked one to here',
				state => [markRange(state)],
			],
			[
				'sort',
				'o',
				'',
				'change the sort order of the list',
				state => [sortNext(state)],
				{
					disabled: ({focus}) =>
						focus === 'queue' ? 'the queue has an order of its own' : undefined,
				},
			],
			[
				'to-origin',
				'<',
				'',
				'go to the prompt of this run; from a job to its run or prompt',
				state => [toOrigin(state)],
				{disabled: noOrigin},
			],
		]),
		...homeKeys(home, [
			[
				'previous-tab',
				'[ left h',
				'',
				'previous tab',
				state => [moveTab(state, -1)],
				{disabled: noDetail},
			],
			[
				'next-tab',
				'] right l',
				'[ ]:tab',
				'next tab',
				state => [moveTab(state, 1)],
				{disabled: noDetail},
			],
			[
				'zoom',
				'z',
				'',
				'toggle the detail over the whole screen; a log without borders',
				state => [zoom(state)],
			],
			['down', 'j down', '', 'down', state => moveRows(state, 1), {isMove: true}],
			['up', 'k up', '', 'up', state => moveRows(state, -1), {isMove: true}],
			[
				'page-down',
				'pagedown ctrl-f',
				'',
				'one page down',
				state => movePages(state, 1),
				{isMove: true},
			],
			[
				'page-up',
				'pageup ctrl-b',
				'',
				'one page up',
				state => movePages(state, -1),
				{isMove: true},
			],
			['first', 'g home', '', 'first row; in a log its beginning', moveToFirst, {isMove: true}],
			[
				'last',
				'G end',
				'',
				'last row; in a log its end, which is then followed',
				moveToLast,
				{isMove: true},
			],
			[
				'detail-down',
				'ctrl-d',
				'',
				'scroll the detail down without leaving the list',
				state => scrollHalfPage(state, 1),
				{isMove: true},
			],
			[
				'detail-up',
				'ctrl-u',
				'',
				'scroll the detail up without leaving the list',
				state => scrollHalfPage(state, -1),
				{isMove: true},
			],
			['to-prompts', '1', '', 'go to the prompts', state => [focusOn(state, 'prompts')]],
			['to-runs', '2', '', 'go to the runs', state => [focusOn(state, 'runs')]],
			['to-queue', '3', '', 'go to the queue', state => [focusOn(state, 'queue')]],
			['to-detail', '0', '', 'go to the detail', state => [focusOn(state, 'detail')]],
			['next-panel', 'tab', '', 'next panel', state => [movePanel(state, 1)], {isMove: true}],
			[
				'previous-panel',
				'shift-tab',
				'',
				'previous panel',
				state => [movePanel(state, -1)],
				{isMove: true},
			],
			[
				'tour-end',
				'esc',
				'',
				'end the tour of a first start',
				state => [{...state, touring: false}],
				{disabled: ({touring}) => (touring ? undefined : '')},
			],
		]),
	],
} satisfies Feature;
