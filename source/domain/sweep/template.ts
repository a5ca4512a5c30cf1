import {isStructured} from '../prompts/structured-text.js';

/** `{rain|snow|fog}`: two or more alternatives in one line, without braces of their own. */
const choice = /\{([^{}|\n]*(?:\|[^{}|\n]*)+)\}/g;

/** A part of a text that stands for several. */
export type Alternatives = {
	/** `text` for the first one of a text, then `text2`, `text3` … */
	name: string;
	values: readonly string[];
};

/** The alternatives of a text, in their order; none if it is no template. A text that is JSON is none. */
export function alternativesIn(text: string): Alternatives[] {
	if (!text.includes('|') || isStructured(text)) {
		return [];
	}

	return [...text.matchAll(choice)].map(([, inside = ''], at) => ({
		name: at === 0 ? 'text' : `text${at + 1}`,
		values: [...new Set(inside.split('|').map(word => word.trim()))],
	}));
}

/** A template's text with one of each of its alternatives. */
export function fillTemplate(text: string, chosen: Readonly<Record<string, unknown>>): string {
	let at = 0;
	return text.replaceAll(choice, whole => {
		at++;
		return String(chosen[at === 1 ? 'text' : `text${at}`] ?? whole);
	});
}
