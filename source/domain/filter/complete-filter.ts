import {type Field, listOf} from './field.js';
import {namesOf} from './filter.js';

/** A filter with its last word completed, and what that word means. */
export type Completion = {text: string; word: string; help: string};

/** What is offered at most. */
const most = 100;

/**
 * How the last word of a filter may go on: the names of fields, then the values of one.
 * @param items whose values are offered beside those that are always known
 */
export function completeFilter<T>(
	text: string,
	table: readonly Field<T>[],
	items: Iterable<T> = [],
): Completion[] {
	const [, before = '', word = ''] = /^(.*?(?:^|[\s(!]))([^\s(!]*)$/s.exec(text) ?? [];
	const [, name = '', operator = '', earlier = '', begun = ''] =
		/^([a-z][\w.-]*)(!=|<=|>=|:|=|<|>)((?:[^,]*,)*)("?[^,]*)$/i.exec(word) ?? [];
	const made = (end: string, help: string) => ({text: before + end, word: end, help});
	if (name === '') {
		return table
			.filter(field => field.name.startsWith(word.toLowerCase()))
			.slice(0, most)
			.map(field => made(`${field.name}${operatorOf(field)}`, field.help));
	}

	const field = table.find(one => namesOf(one).includes(name.toLowerCase()));
	const start = begun.replace('"', '').toLowerCase();
	return field
		? valuesOf(field, items)
				.filter(value => value.toLowerCase().startsWith(start) && value.toLowerCase() !== start)
				.slice(0, most)
				.map(value => made(`${name}${operator}${earlier}${quoted(value)}`, field.help))
		: [];
}

function operatorOf({type}: Pick<Field<never>, 'type'>): string {
	return type === 'duration' ? '>' : ':';
}

function valuesOf<T>(field: Field<T>, items: Iterable<T>): readonly string[] {
	switch (field.type) {
		case 'choice':
			return [...Object.keys(field.synonyms ?? {}), ...field.values];
		case 'text': {
			const known = new Set(field.values);
			for (const item of items) {
				for (const value of listOf(field.get(item))) {
					if (value !== '' && known.size < most) {
						known.add(value);
					}
				}
			}

			return [...known];
		}

		case 'time':
			return ['today', 'yesterday'];
		default:
			return [];
	}
}

const quoted = (value: string) =>
	/^[^\s"(),]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
