import {cleanText} from '../../domain/runs/log-lines.js';
import {type Line, span} from './line.js';
import {wrap} from './text-layout.js';

/** A text of several lines, cleaned and wrapped. */
export function paragraph(text: string, width: number): Line[] {
	return text
		.split('\n')
		.flatMap(line => wrap(cleanText(line), width))
		.map(line => [line]);
}

/** What a command line does, and the command line. */
export function commandIn(width: number) {
	return (what: string, words: string): Line[] => [
		[span('dim', what)],
		...wrap(words, width - 2).map(row => [`  ${row}`]),
		[],
	];
}
