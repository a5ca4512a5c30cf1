/**
 * Texts of prompts that are structured: JSON objects, as Cosmos 3 likes them best. A text is one by
 * what it holds, as NVIDIA's program decides it, so that no stored word can disagree with it.
 */
import {messageOf} from '../errors.js';
import {measureJson} from '../json-size.js';

/** How deep a prompt is nested at most; NVIDIA's own have four levels. */
const deepest = 64;

/** The object that a text is; undefined for a plain text. */
export function structureOf(text: string): Readonly<Record<string, unknown>> | undefined {
	if (!/^\s*\{/.test(text) || measureJson(text).depth > deepest) {
		return undefined;
	}

	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}

export const isStructured = (text: string): boolean => structureOf(text) !== undefined;

/** A text as a person reads it: a structured one with a line for each of its parts. */
export function readableText(text: string): string {
	return isStructured(text) ? indentJson(text) : text;
}

/** Only the white space changes: numbers stay as they are written, and so do keys that stand twice. */
function indentJson(text: string): string {
	const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
	let level = 0;
	let result = '';
	for (const [at, token] of tokens.entries()) {
		const before = tokens[at - 1] ?? '';
		const closes = token === '}' || token === ']';
		level -= closes ? 1 : 0;
		const isEmpty = closes && (before === '{' || before === '[');
		const breaks = at > 0 && !isEmpty && (closes || ['{', '[', ','].includes(before));
		result += breaks ? `\n${'  '.repeat(level)}${token}` : token === ':' ? ': ' : token;
		level += token === '{' || token === '[' ? 1 : 0;
	}

	return result;
}

/** The words of a text, for names and lists: of a structured one those that it says, not its keys. */
export function plainWords(text: string): string {
	const structure = structureOf(text);
	return structure ? wordsIn(structure).join(' ') : text;
}

function wordsIn(value: unknown): string[] {
	if (typeof value === 'string') {
		return [value];
	}

	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : [];
}

/** What keeps a text that should be structured from being so; undefined when it is. */
export function structureProblem(text: string): string | undefined {
	if (isStructured(text)) {
		return undefined;
	}

	try {
		JSON.parse(text);
	} catch (error) {
		return `is not valid JSON: ${messageOf(error)}`;
	}

	return measureJson(text).depth > deepest
		? `is nested deeper than ${deepest} levels`
		: 'is JSON, but not an object';
}
