import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {Key} from '../../state/dashboard-state.js';
import {keySections, keysLabel} from '../../state/keys/keymap.js';

/** Columns of the keys before what they do. */
const keyColumns = 20;

/** Every key by context, in rows of at most `width` columns. */
export function helpLines(keys: readonly Key[], width: number): Line[] {
	return keySections(keys)
		.flatMap((section): Line[] => [
			[span('accent', section.context.title)],
			...section.keys.flatMap(key =>
				wrap(key.help, width - keyColumns - 3).map((row, index): Line => {
					const named = pad(index === 0 ? keysLabel(key) : '', keyColumns);
					return [span('strong', `  ${named} `), row];
				}),
			),
			[],
		])
		.slice(0, -1);
}
