import {pageView, title} from '../../components/page.js';
import type {DashboardState, Notice, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys, show} from '../../state/keys/key-row.js';
import {addNotice} from '../../state/notices.js';
import {type Page, pageKeys} from '../../state/page.js';
import type {Feature} from '../feature.js';
import {noticeLines} from './notice-lines.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		notices: {scroll: number};
	}
}

declare module '../../state/event.js' {
	interface Events {
		noticed: {notice: Notice};
	}
}

const page: Page<'notices'> = {
	kind: 'notices',
	title: () => title('Notices'),
	lines: (state, _, width) => noticeLines(state.notices, width),
};

/** What has happened in this session, newest first. */
export const notices = {
	keys: homeKeys(home, [
		['notices', '!', '', 'past notices', state => show(state, {kind: 'notices', scroll: 0})],
	]),
	overlays: {notices: {keys: pageKeys(page), view: pageView(page)}},
	on: {noticed: (state: DashboardState, {notice}): Step => [addNotice(state, notice)]},
} satisfies Feature;
