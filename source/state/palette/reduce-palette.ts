import {editText, insertText, type TextEdit} from '../forms/text-field.js';
import type {CommandName} from '../keys/bindings.js';
import type {Palette} from './palette.js';
import {fittingItems} from './palette-items.js';

/** The palette after a key; undefined closes it. */
export function reducePalette(palette: Palette, command: CommandName): Palette | undefined {
	switch (command) {
		case 'palette-close':
		case 'palette-run':
			return undefined;
		case 'palette-next':
			return step(palette, 1);
		case 'palette-previous':
			return step(palette, -1);
		default:
			return {...palette, field: editText(palette.field, command as TextEdit), selected: 0};
	}
}

export function typeIntoPalette(palette: Palette, text: string): Palette {
	return {...palette, field: insertText(palette.field, text, false), selected: 0};
}

function step(palette: Palette, by: 1 | -1): Palette {
	const count = Math.max(1, fittingItems(palette).length);
	return {...palette, selected: (palette.selected + by + count) % count};
}
