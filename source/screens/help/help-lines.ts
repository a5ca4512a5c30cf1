import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {Key} from '../../state/dashboard-state.js';
import {type KeySection, keysLabel} from '../../state/keys/keymap.js';

/** Columns of the keys before what they do. */
const keyColumns = 20;

/** Keys by context, in rows of at most `width` columns. */
export function helpLines(sections: readonly KeySection[], width: number): Line[] {
	return sections
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

/** The keys that have each of some words in what they do, their name, or the title above them; or are one. */
export function findKeys(sections: readonly KeySection[], text: string): KeySection[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	const fits = (title: string, key: Key) => {
		const inside = `${title} ${key.help} ${key.label} ${key.command}`.toLowerCase();
		const labels = keysLabel(key).toLowerCase().split(' ');
		return words.every(word => inside.includes(word) || labels.includes(word));
	};
	return sections.flatMap(({context, keys}) => {
		const found = keys.filter(key => fits(context.title, key));
		return found.length > 0 ? [{context, keys: found}] : [];
	});
}
