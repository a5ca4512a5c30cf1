import {hintOf, messageOf} from '../../domain/errors.js';
import {checkName} from '../../domain/prompts/prompt-name.js';
import {
	type AnnotationChange,
	applyAnnotation,
	checkAnnotation,
} from '../../domain/runs/annotations.js';
import type {Annotations} from '../../domain/types.js';
import type {TextField} from '../../state/text-field.js';

/** A prompt or a run that an action is about. */
export type Thing = {
	id: string;
	/** The prompt's name. */
	name: string;
	annotations: Annotations;
};

/** Typing the tags or the note of prompts or runs, or the name of a prompt. */
export type RecordForm = {
	purpose: 'tags' | 'note' | 'rename';
	things: readonly Thing[];
	field: TextField;
	typed: boolean;
	/** Why it was refused. */
	refusal: string;
};

/** `city-night`, or `3 prompts`. */
export function thingsName(things: readonly Thing[]): string {
	const [first] = things;
	if (things.length === 1 && first) {
		return first.id.startsWith('run_') ? `${first.name}, ${first.id}` : first.name;
	}

	return `${things.length} ${first?.id.startsWith('run_') ? 'runs' : 'prompts'}`;
}

/**
 * What the typed tags change. One record gets exactly these; several get each of them, and lose
 * those with a `-` before them.
 */
export function tagChanges({
	things,
	field,
}: RecordForm): Array<{id: string; change: AnnotationChange}> {
	const words = field.text.split(/[\s,]+/).filter(Boolean);
	const plain = (word: string) => word.replace(/^[+#-]/, '');
	const added = words.filter(word => !word.startsWith('-')).map(plain);
	const taken = words.filter(word => word.startsWith('-')).map(plain);
	const has = (tags: readonly string[], tag: string) =>
		tags.some(one => one.toLowerCase() === tag.toLowerCase());
	return things.map(({id, annotations: {tags = []}}) => ({
		id,
		change: {
			addTags: added,
			removeTags: tags.filter(tag => has(taken, tag) || (things.length === 1 && !has(added, tag))),
		},
	}));
}

/** Why what is typed cannot be saved; undefined when it can. */
export function recordProblem(form: RecordForm): string | undefined {
	const {purpose, things, field} = form;
	try {
		if (purpose === 'rename') {
			checkName(field.text.trim());
		} else if (purpose === 'note') {
			checkAnnotation({note: field.text});
		} else {
			for (const [index, {change}] of tagChanges(form).entries()) {
				checkAnnotation(change);
				applyAnnotation({id: '', ...things[index]?.annotations}, change);
			}
		}

		return undefined;
	} catch (error) {
		const hint = hintOf(error);
		return hint ? `${messageOf(error)}. ${hint}` : messageOf(error);
	}
}

export function placeholderOf({purpose, things}: RecordForm): string {
	switch (purpose) {
		case 'tags':
			return things.length === 1
				? 'tags separated by spaces, such as: keeper rain'
				: 'keeper -draft adds keeper to each and removes draft';
		case 'note':
			return things.length === 1 ? 'what is worth remembering' : 'the same note for each';
		case 'rename':
			return 'letters, digits, spaces, dots, dashes';
	}
}
