import {kindName} from './settings-tables.js';
import type {Prompt, Run} from './types.js';

/** The places that a search looks at, as a result names them. */
export type SearchField =
	| 'id'
	| 'name'
	| 'text'
	| 'negative'
	| 'tags'
	| 'note'
	| 'past text'
	| 'operation'
	| 'host'
	| 'failure'
	| 'video';

export type SearchMatch = {field: SearchField; excerpt: string};

/** Characters of a text that are shown around the found word. */
const around = 30;

/**
 * Where a prompt or a run has what was looked for; undefined when it has not. Every word has to be
 * somewhere, a `!word` nowhere; case does not count.
 */
export function searchIn(
	document: Prompt | Run,
	words: readonly string[],
): SearchMatch | undefined {
	const fields = 'operation' in document ? fieldsOfRun(document) : fieldsOfPrompt(document);
	let first: SearchMatch | undefined;
	for (const word of words) {
		const unwanted = word.length > 1 && word.startsWith('!');
		const wanted = (unwanted ? word.slice(1) : word).toLowerCase();
		const found = fields.find(([, text]) => text.toLowerCase().includes(wanted));
		if (unwanted === (found !== undefined)) {
			return undefined;
		}

		if (found && !first) {
			first = {field: found[0], excerpt: excerptOf(found[1], wanted)};
		}
	}

	return first ?? {field: 'name', excerpt: fields[0]?.[1] ?? ''};
}

/** The words of a search, as a person types them. */
export function searchWords(text: string): string[] {
	return text.split(/\s+/).filter(Boolean);
}

type Field = readonly [SearchField, string];

function fieldsOfPrompt(prompt: Prompt): Field[] {
	return [
		['name', prompt.name],
		['text', prompt.text],
		['negative', prompt.negative],
		...opinionOf(prompt),
		['id', prompt.id],
		['video', prompt.videoDir],
		...(prompt.history ?? []).map(({text}): Field => ['past text', text]),
	];
}

function fieldsOfRun(run: Run): Field[] {
	return [
		['name', run.promptName],
		['text', run.promptText],
		['negative', run.negative],
		...opinionOf(run),
		['id', run.id],
		['operation', kindName(run)],
		['host', run.host],
		['failure', 'failure' in run ? `${run.failure.reason} ${run.failure.message}` : ''],
	];
}

function opinionOf({tags = [], note = ''}: Prompt | Run): Field[] {
	return [
		['tags', tags.join(' ')],
		['note', note],
	];
}

/** The text around the first place of a word, in one line. */
function excerptOf(text: string, word: string): string {
	const at = text.toLowerCase().indexOf(word);
	const from = Math.max(0, at - around);
	const to = Math.min(text.length, at + word.length + around);
	const part = text.slice(from, to).replaceAll(/\s+/g, ' ').trim();
	return `${from > 0 ? '…' : ''}${part}${to < text.length ? '…' : ''}`;
}
