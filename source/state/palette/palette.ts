import type {TextField} from '../forms/text-field.js';

/** Something that can be done now. */
export type PaletteItem = {
	/** A command of the binding table. */
	command: string;
	/** As the command line calls it, where it has it; else the command. */
	name: string;
	keys: string;
	help: string;
};

/** Finding a command by its name. The items are those that applied when it was opened. */
export type Palette = {
	kind: 'palette';
	items: readonly PaletteItem[];
	field: TextField;
	/** Position among those that fit what is typed. */
	selected: number;
};
