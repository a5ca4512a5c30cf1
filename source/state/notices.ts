import {hintWords} from './content/hint-words.js';
import type {DashboardState, Notice} from './dashboard-state.js';

/** Older notices are dropped. */
const mostNotices = 200;
/** A key pressed so soon after a notice came was not an answer to it. Milliseconds. */
const noticeRests = 1500;

/** Shows a notice; its hint names keys and fields. A lasting one stays the newest, unless something bad has happened. */
export function addNotice(state: DashboardState, given: Notice): DashboardState {
	const notice = {...given, hint: hintWords(state, given.hint)};
	const last = state.notices.at(-1);
	const goesBefore = state.noticeShown && last?.lasting && notice.tone !== 'bad';
	const notices = goesBefore
		? [...state.notices.slice(0, -1), notice, last]
		: [...state.notices, notice];
	return {...state, notices: notices.slice(-mostNotices), noticeShown: true};
}

/** Dismisses the newest notice, when a key comes long enough after it. */
export function withoutOldNotice(state: DashboardState, at: number): DashboardState {
	const last = state.notices.at(-1);
	return last && at - last.at > noticeRests ? {...state, noticeShown: false} : state;
}
