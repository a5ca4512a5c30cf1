import {pageView, title} from '../../components/page.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys, show} from '../../state/keys/key-row.js';
import {type Page, pageKeys} from '../../state/page.js';
import type {Feature} from '../feature.js';
import {helpLines} from './help-lines.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		help: {scroll: number};
	}
}

const page: Page<'help'> = {
	kind: 'help',
	title: () => title('Keys'),
	lines: ({keys}, _, width) => helpLines(keys, width),
};

/** Every key, made from the key table. */
export const help = {
	keys: homeKeys(home, [
		['help', '?', 'help', 'all keys', state => show(state, {kind: 'help', scroll: 0})],
	]),
	overlays: {help: {keys: pageKeys(page), view: pageView(page)}},
} satisfies Feature;
