import type {DashboardState, Step} from '../../state/dashboard-state.js';
import type {EventOf} from '../../state/event.js';
import {focusOn} from '../../state/focus.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys} from '../../state/keys/key-row.js';
import {findCommand, findKey} from '../../state/keys/keymap.js';
import {layoutOf, withListWidth} from '../../state/layout.js';
import {addNotice} from '../../state/notices.js';
import type {Feature} from '../feature.js';
import {moveRows} from '../home/move.js';
import {placeAt, selectAt} from './place.js';

declare module '../../state/event.js' {
	interface Events {
		/** The mouse of the terminal; columns and rows from 0. */
		mouse: {
			action: 'press' | 'drag' | 'release' | 'up' | 'down';
			column: number;
			row: number;
			at: number;
		};
	}
}

/** Milliseconds between the two presses of a double click. */
const doubleClick = 400;
/** Rows that a notch of the wheel scrolls, and columns that a key moves the border. */
const notch = 3;
const widthStep = 4;

const noBorder = (state: DashboardState) =>
	layoutOf(state).showLists && layoutOf(state).showDetail ? undefined : '';

const widen = (columns: number) => (state: DashboardState) =>
	withListWidth(state, layoutOf(state).listWidth + columns);
const mouseHelp = 'toggle the mouse; off, the terminal selects text with it';

/** The mouse on the home screen, and the border between the lists and the detail. */
export const mouse = {
	keys: homeKeys(home, [
		['wider', '+', '', 'widen the lists', widen(widthStep), {disabled: noBorder}],
		['narrower', '_', '', 'narrow the lists', widen(-widthStep), {disabled: noBorder}],
		['mouse', 'M', '', mouseHelp, (state, _, at) => toggleMouse(state, at)],
	]),
	on: {mouse: handleMouse},
} satisfies Feature;

function toggleMouse(state: DashboardState, at: number): Step {
	const next = {...state, mouse: !state.mouse};
	const text = next.mouse
		? 'The mouse is on; shift selects text in most terminals'
		: 'The mouse is off';
	return [addNotice(next, {tone: 'info', text, hint: '', at})];
}

function handleMouse(state: DashboardState, event: EventOf<'mouse'>): Step {
	const {action, column} = event;
	if (action === 'up' || action === 'down') {
		return scroll(state, action === 'up' ? -1 : 1, event);
	}

	if (state.overlay) {
		return [state];
	}

	switch (action) {
		case 'press':
			return press(state, event);
		case 'drag':
			return [state.click?.on === 'border' ? withListWidth(state, column + 1) : state];
		case 'release':
			return [state.click?.on === 'border' ? {...state, click: undefined} : state];
		default:
			return [state];
	}
}

/** The wheel scrolls what is below it; a page or a form over the home screen gets it as the arrow keys. */
function scroll(state: DashboardState, by: 1 | -1, {column, row, at}: EventOf<'mouse'>): Step {
	if (state.overlay) {
		const {key} = findKey(state, by > 0 ? 'down' : 'up');
		return key?.run(state, at) ?? [state];
	}

	const place = placeAt(state, column, row);
	switch (place?.kind) {
		case 'row':
		case 'list':
			return [moveRows(by)(focusOn(state, place.list))];
		case 'tab':
		case 'detail': {
			const {focus} = state;
			return [{...moveRows(by * notch)({...state, focus: 'detail'}), focus}];
		}

		default:
			return [state];
	}
}

function press(state: DashboardState, {column, row, at}: EventOf<'mouse'>): Step {
	const place = placeAt(state, column, row);
	switch (place?.kind) {
		case 'row': {
			const {list, id} = place;
			const isSecond = state.click?.on === id && at - state.click.at < doubleClick;
			const next = selectAt(focusOn(state, list), list, id);
			return isSecond
				? [{...focusOn(next, 'detail'), click: undefined}]
				: [{...next, click: {on: id, at}}];
		}

		case 'list':
			return [{...focusOn(state, place.list), click: undefined}];
		case 'tab':
			return [{...state, tab: place.tab, scroll: 0, click: undefined}];
		case 'detail':
			return [{...focusOn(state, 'detail'), click: undefined}];
		case 'border':
			return [{...state, click: {on: 'border', at}}];
		case 'key':
			return (
				findCommand(state, place.command).key?.run({...state, click: undefined}, at) ?? [state]
			);
		default:
			return [{...state, click: undefined}];
	}
}
