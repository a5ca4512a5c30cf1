import {pageView, title} from '../../components/page.js';
import type {Context} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import {type Page, pageKeys} from '../../state/page.js';
import type {Feature} from '../feature.js';
import {statsDays, statsLines} from './stats-lines.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** `at`: milliseconds since 1970, the day that counts as today. */
		stats: {at: number; scroll: number};
	}
}

const context: Context = {name: 'stats', title: 'Durations and success'};
const page: Page<'stats'> = {
	kind: 'stats',
	title: () => title(`The last ${statsDays} days`),
	lines: (state, {at}, width) => statsLines(state, at, width),
};

/** Durations and success of the last days. */
export const stats = {
	keys: homeKeys(home, [
		[
			'stats',
			'T',
			'',
			'durations and success of the last 14 days',
			(state, _, at) => show(state, {kind: 'stats', at, scroll: 0}),
		],
	]),
	overlays: {
		stats: {
			keys: [
				...overlayKeys('stats', context, [['page-close', 'T', '', 'close', close]]),
				...pageKeys(page),
			],
			view: pageView(page),
		},
	},
} satisfies Feature;
