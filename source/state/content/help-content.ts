import type {CustomKeys} from '../keys/custom-keys.js';
import {contextTitles, keyHelp} from '../keys/key-lookup.js';
import {type Line, span} from './line.js';
import {pad, wrap} from './text-layout.js';

/** Columns of the keys before what they do. */
const keyColumns = 20;

/** Every key, made from the binding table. */
export function helpLines(custom: CustomKeys, width: number): Line[] {
	return contextTitles
		.flatMap(([context, title]): Line[] => [
			[span('accent', title)],
			...keyHelp(context, custom).flatMap(({keys, binding}) =>
				wrap(binding.help, width - keyColumns - 3).map((row, index): Line => {
					const named = pad(index === 0 ? keys : '', keyColumns);
					return [span('strong', `  ${named} `), row];
				}),
			),
			[],
		])
		.slice(0, -1);
}
