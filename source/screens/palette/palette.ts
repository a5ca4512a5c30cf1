import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {editText, insertText, type TextField} from '../../state/text-field.js';
import type {Feature} from '../feature.js';
import {
	completeCall,
	isCall,
	type Offer,
	offersOf,
	runCall,
	withOffers,
	workOnCalls,
} from './calls.js';
import {fittingItems, openPalette, type PaletteItem} from './palette-items.js';
import {PaletteView} from './palette-view.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Finding a command by its name. The items are those that worked when it was opened. */
		palette: {
			items: readonly PaletteItem[];
			field: TextField;
			/** Position among those that fit what is typed, or among the offers. */
			selected: number;
			/** The verbs of the command line, once they are known. */
			verbs?: readonly Offer[];
			/** What a text may go on with. */
			offers?: {text: string; all: readonly Offer[]};
		};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		/** Runs a command of the home screen. */
		'run-command': {command: string};
	}
}

const context: Context = {name: 'palette', title: 'Command palette', order: 70};

/** The command palette. */
export const palette = {
	keys: homeKeys(home, [
		[
			'palette',
			':',
			'command',
			'find and run a command, or type a verb of the command line with its arguments',
			state => [
				{...state, overlay: openPalette(state)},
				{kind: 'complete-call', text: ''},
			],
			{isMove: true},
		],
	]),
	overlays: {
		palette: {
			keys: [
				...overlayKeys('palette', context, [
					[
						'palette-run',
						'enter',
						'run',
						'run the selected command, or the verb that is typed',
						run,
					],
					[
						'palette-complete',
						'tab',
						'',
						'complete the words of a verb; else the next command',
						(state, overlay) =>
							isCall(overlay) ? completeCall(state, overlay) : select(state, overlay, 1),
					],
					[
						'palette-next',
						'down ctrl-n',
						'↑ ↓:choose',
						'next command',
						(state, overlay) => select(state, overlay, 1),
					],
					[
						'palette-previous',
						'up ctrl-p shift-tab',
						'',
						'previous command',
						(state, overlay) => select(state, overlay, -1),
					],
					['palette-close', 'esc', 'cancel', 'close', close],
				]),
				...textKeys('palette', (state, overlay, edit) =>
					withOffers(state, {...overlay, field: editText(overlay.field, edit), selected: 0}),
				),
			],
			type: (state, overlay, text) =>
				withOffers(state, {
					...{...overlay, field: insertText(overlay.field, text, false)},
					selected: 0,
				}),
			view: PaletteView,
		},
	},
	answers: {
		'call-offers'(state, {text, offers}) {
			const {overlay} = state;
			if (overlay?.kind !== 'palette') {
				return [state];
			}

			// Those of an empty text are the verbs; a text that was typed meanwhile may begin with one.
			return text === ''
				? withOffers(state, {...overlay, verbs: offers})
				: show(state, {...overlay, offers: {text, all: offers}});
		},
	},
	work: world => ({
		perform: {
			...workOnCalls(world),
			'run-command': ({command}: {command: string}) =>
				world.dispatch({type: 'command', command, at: Date.now()}),
		},
	}),
} satisfies Feature;

function run(state: DashboardState, overlay: OverlayOf<'palette'>, at: number): Step {
	if (isCall(overlay)) {
		return runCall(state, overlay, at);
	}

	const command = fittingItems(overlay)[overlay.selected]?.command;
	const closed = {...state, overlay: undefined};
	return command === undefined ? [closed] : [closed, {kind: 'run-command', command}];
}

function select(state: DashboardState, overlay: OverlayOf<'palette'>, by: 1 | -1): Step {
	const choices = isCall(overlay) ? offersOf(overlay) : fittingItems(overlay);
	const count = Math.max(1, choices.length);
	return show(state, {...overlay, selected: (overlay.selected + by + count) % count});
}
