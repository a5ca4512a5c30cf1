import {bindings, type CommandName} from './bindings.js';
import {type CustomKeys, keysFor} from './custom-keys.js';
import type {Context} from './key-row.js';
import {keyLabel} from './key-strokes.js';

/**
 * A command's first key as a text names it: the user's own, where they gave it one.
 * @param context of the command, where several have it
 */
export function keyOf(
	{customKeys}: {customKeys: CustomKeys},
	command: CommandName,
	context?: Context,
): string {
	const binding = bindings.find(
		one => one.command === command && (context === undefined || one.context === context),
	);
	return binding ? keyLabel(keysFor(customKeys, binding)[0] ?? '') : '';
}
