import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {editText, insertText, type TextField} from '../../state/text-field.js';
import type {Feature} from '../feature.js';
import {fittingItems, openPalette, type PaletteItem} from './palette-items.js';
import {PaletteView} from './palette-view.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Finding a command by its name. The items are those that worked when it was opened. */
		palette: {
			items: readonly PaletteItem[];
			field: TextField;
			/** Position among those that fit what is typed. */
			selected: number;
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
			'find and run a command by its name',
			state => show(state, openPalette(state)),
			{isMove: true},
		],
	]),
	overlays: {
		palette: {
			keys: [
				...overlayKeys('palette', context, [
					['palette-run', 'enter', 'run', 'run the selected command', run],
					[
						'palette-next',
						'down ctrl-n tab',
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
					show(state, {...overlay, field: editText(overlay.field, edit), selected: 0}),
				),
			],
			type: (state, overlay, text) =>
				show(state, {...overlay, field: insertText(overlay.field, text, false), selected: 0}),
			view: PaletteView,
			showsKeys: true,
		},
	},
	work: ({dispatch}) => ({
		perform: {
			'run-command': ({command}) => dispatch({type: 'command', command, at: Date.now()}),
		},
	}),
} satisfies Feature;

function run(state: DashboardState, overlay: OverlayOf<'palette'>): Step {
	const command = fittingItems(overlay)[overlay.selected]?.command;
	const closed = {...state, overlay: undefined};
	return command === undefined ? [closed] : [closed, {kind: 'run-command', command}];
}

function select(state: DashboardState, overlay: OverlayOf<'palette'>, by: 1 | -1): Step {
	const count = Math.max(1, fittingItems(overlay).length);
	return show(state, {...overlay, selected: (overlay.selected + by + count) % count});
}
