import type {Context, DashboardState, Key, Step} from '../dashboard-state.js';
import type {Overlay, OverlayKind, OverlayOf} from '../overlay.js';
import type {TextEdit} from '../text-field.js';
import {text} from './contexts.js';

type Options<O> = {
	/** Why it does nothing now; empty when that needs no words. Default: it always works. */
	disabled?: (state: DashboardState, overlay: O) => string | undefined;
	/** It changes something, so a read-only dashboard does not have it. */
	changes?: true;
	verb?: string;
	/** It ends or removes something. */
	destroys?: true;
	isMove?: true;
};

type Row<O> = readonly [
	command: string,
	/** As `strokesOf` names them, separated by spaces. */
	keys: string,
	/** Empty: in help only. `← →:change` shows other keys than the first. */
	label: string,
	help: string,
	/** What it does; a state alone where there is nothing else to do. */
	run: (state: DashboardState, overlay: O, at: number) => Step | DashboardState,
	options?: Options<O>,
];

const readOnly = 'this dashboard is read-only';

/** Keys of the home screen. @param shared options of all rows; those of a row replace them */
export function homeKeys(
	context: Context,
	rows: ReadonlyArray<Row<undefined>>,
	shared?: Options<undefined>,
): Key[] {
	return keysIn('home', context, () => undefined, rows, shared);
}

/** Keys that work whatever is open. */
export function everywhereKeys(context: Context, rows: ReadonlyArray<Row<undefined>>): Key[] {
	return keysIn('everywhere', context, () => undefined, rows);
}

/** Keys of an overlay; `run` gets it. */
export function overlayKeys<K extends OverlayKind>(
	kind: K,
	context: Context,
	rows: ReadonlyArray<Row<OverlayOf<K>>>,
	shared?: Options<OverlayOf<K>>,
): Key[] {
	return keysIn(kind, context, ({overlay}) => overlay as unknown as OverlayOf<K>, rows, shared);
}

function keysIn<O>(
	screen: Key['screen'],
	context: Context,
	overlayIn: (state: DashboardState) => O,
	rows: ReadonlyArray<Row<O>>,
	shared: Options<O> = {},
): Key[] {
	return rows.map(([command, keys, label, help, run, own]) => {
		const {verb, destroys = false, isMove = false, changes, disabled} = {...shared, ...own};
		return {
			screen,
			context,
			command,
			keys: keys.split(' '),
			isCustom: false,
			label,
			help,
			...(verb && {verb}),
			destroys,
			isMove,
			disabled: state =>
				state.readOnly && changes ? readOnly : disabled?.(state, overlayIn(state)),
			run(state, at) {
				const next = run(state, overlayIn(state), at);
				return 'length' in next ? next : [next];
			},
		};
	});
}

/** A state with another overlay, or none. */
export function show(state: DashboardState, overlay: Overlay | undefined): Step {
	return [{...state, overlay}];
}

/** Closes the overlay. */
export const close = (state: DashboardState): Step => show(state, undefined);

const textRows: ReadonlyArray<readonly [TextEdit, keys: string, help: string]> = [
	['cursor-left', 'left ctrl-b', 'move one character left'],
	['cursor-right', 'right ctrl-f', 'move one character right'],
	['cursor-home', 'home ctrl-a', 'move to the start of the line'],
	['cursor-end', 'end ctrl-e', 'move to the end of the line'],
	['erase-left', 'backspace ctrl-h', 'delete the character before the cursor'],
	['erase-right', 'delete', 'delete the character under the cursor'],
	['erase-word', 'ctrl-w alt-backspace', 'delete the word before the cursor'],
	['erase-line', 'ctrl-u', 'delete to the start of the line'],
];

/** The keys that edit the text field of an overlay. */
export function textKeys<K extends OverlayKind>(
	kind: K,
	edit: (state: DashboardState, overlay: OverlayOf<K>, edit: TextEdit) => Step,
	context = text,
): Key[] {
	return overlayKeys(
		kind,
		context,
		textRows.map(([command, keys, help]) => [
			command,
			keys,
			'',
			help,
			(state, overlay) => edit(state, overlay, command),
		]),
	);
}
