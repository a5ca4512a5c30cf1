import {pageView, title} from '../../components/page.js';
import {inputRow} from '../../components/text-input.js';
import {type Line, span} from '../../state/content/line.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import {keySectionsFrom} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {type Page, pageKeys} from '../../state/page.js';
import {editText, insertText, type TextField, textField} from '../../state/text-field.js';
import type {Feature} from '../feature.js';
import {findKeys, helpLines} from './help-lines.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** `words`: those alone that have them; empty for all. */
		help: {scroll: number; words: string};
		/** Typing the words. */
		'help-search': {scroll: number; field: TextField};
	}
}

const context: Context = {name: 'help', title: 'Search in help', order: 81};

/** Those of the place where it was opened come first. */
function lines(state: DashboardState, words: string, width: number): Line[] {
	const found = findKeys(keySectionsFrom(state), words);
	return found.length > 0 ? helpLines(found, width) : [[span('dim', 'No key does that.')]];
}

const page: Page<'help'> = {
	kind: 'help',
	title: (_, {words}) => title(words === '' ? 'Keys' : `Keys  /${words}`),
	lines: (state, {words}, width) => lines(state, words, width),
};

const searched: Page<'help-search'> = {
	kind: 'help-search',
	title: () => title('Keys'),
	lines: (state, {field}, width) => lines(state, field.text, width),
};

const typed = (state: DashboardState, field: TextField): Step =>
	show(state, {kind: 'help-search', scroll: 0, field});
const showAll = (state: DashboardState, words = ''): Step =>
	show(state, {kind: 'help', scroll: 0, words});

/** Esc first shows all keys again. */
const closeHelp = (state: DashboardState, {words}: OverlayOf<'help'>): Step =>
	words === '' ? show(state, undefined) : showAll(state);

/** Every key, made from the key table; `/` finds some. */
export const help = {
	keys: homeKeys(home, [['help', '?', 'help', 'all keys', state => showAll(state)]]),
	overlays: {
		help: {
			keys: [
				...overlayKeys('help', context, [
					[
						'help-search',
						'/',
						'search',
						'show only keys with these words',
						(state, {words}) => typed(state, textField(words)),
					],
				]),
				...pageKeys(page, closeHelp),
			],
			view: pageView(page),
		},
		'help-search': {
			keys: [
				...overlayKeys('help-search', context, [
					[
						'keep-search',
						'enter down',
						'keep',
						'go to the keys that were found',
						(state, {field}) => showAll(state, field.text.trim()),
					],
					['drop-search', 'esc', 'cancel', 'show all keys again', state => showAll(state)],
				]),
				...textKeys('help-search', (state, {field}, edit) => typed(state, editText(field, edit))),
			],
			type: (state, {field}, text) => typed(state, insertText(field, text, false)),
			view: pageView(searched),
			footer: (_, {field}, columns) => ` /${inputRow(field, {width: columns - 2, focused: true})}`,
		},
	},
} satisfies Feature;
