import {Text} from 'ink';
import {paintLine} from '../../components/rows.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {noticeSpans} from './notice-lines.js';

/** The row above the keys: the newest notice, until a key dismisses it. */
export function NoticeLine({state}: {state: DashboardState}) {
	const notice = state.notices.at(-1);
	return state.noticeShown && notice ? (
		<Text wrap="truncate">{paintLine([' ', ...noticeSpans(notice)], state.size.columns)}</Text>
	) : null;
}
