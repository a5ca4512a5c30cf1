/**
 * The structured prompt in the answer of a language model. A module of its own, because the check takes
 * time to load.
 */
import * as z from 'zod';
import {measureJson} from '../../json-size.js';

/** Characters of an answer, at most; what is longer is no prompt. */
const longest = 200_000;
/** How deep a prompt is nested at most; ours has four levels. */
const deepest = 16;

const words = z.string().trim().min(1);
const list = z.array(z.union([words, z.looseObject({})]));

/** What is said of a part; models write some of it as lists. */
const detail = z.union([words, z.number(), z.array(words)]);

function details(...keys: readonly string[]) {
	return z.looseObject(Object.fromEntries(keys.map(key => [key, detail.optional()])));
}

const imageShape = {
	subjects: z.array(z.looseObject({description: words})),
	background_setting: words,
	lighting: details('conditions', 'direction', 'shadows', 'illumination_effect'),
	aesthetics: details('composition', 'color_scheme', 'mood_atmosphere', 'patterns'),
	cinematography: details(
		...['camera_motion', 'framing', 'camera_angle', 'depth_of_field', 'focus'],
		'lens_focal_length',
	),
	style_medium: words,
	artistic_style: detail.optional(),
	context: detail.optional(),
	text_and_signage_elements: list.optional(),
};

const imageSchema = z.looseObject(imageShape);

const timedShape = {
	actions: z.array(z.looseObject({time: detail, description: words})).optional(),
	segments: z.array(z.looseObject({time_range: detail, description: words})).optional(),
	transitions: list.optional(),
	temporal_caption: words,
	audio_description: detail.optional(),
};

const videoSchema = z.looseObject({...imageShape, ...timedShape});

/** What the generator itself says of its result, whatever the prompt has there. */
const measured = ['duration', 'fps', 'resolution', 'aspect_ratio'];

/**
 * Reads the prompt out of an answer, around which there may be thoughts, a sentence or a code fence.
 * @returns it as a compact JSON object, or what is wrong with the answer
 */
export function readJsonPrompt(
	answer: string,
	isImage: boolean,
): {text: string} | {problem: string} {
	if (answer.length > longest) {
		return {problem: `it has ${answer.length} characters`};
	}

	const found = firstObject(answer.replace(/^[\s\S]*<\/think>/, ''));
	if (found === undefined) {
		return {problem: answer.trim() === '' ? 'it is empty' : 'there is no JSON object in it'};
	}

	if (measureJson(found).depth > deepest) {
		return {problem: `it is nested deeper than ${deepest} levels`};
	}

	let value: unknown;
	try {
		value = JSON.parse(found);
	} catch {
		return {problem: 'its JSON object is not valid'};
	}

	const checked = (isImage ? imageSchema : videoSchema).safeParse(value);
	if (!checked.success) {
		const place = checked.error.issues[0]?.path.join('.') ?? '';
		return {problem: `"${place}" is missing, empty or of another kind in its JSON object`};
	}

	const left = [...measured, ...(isImage ? Object.keys(timedShape) : [])];
	// As the model has ordered it.
	const kept = Object.entries(value as object).filter(([key]) => !left.includes(key));
	return {text: JSON.stringify(Object.fromEntries(kept))};
}

/** From the first brace to the one that closes it; of an object that is cut off all that is there. */
function firstObject(text: string): string | undefined {
	const start = text.indexOf('{');
	let level = 0;
	let isQuoted = false;
	for (let at = start; start >= 0 && at < text.length; at++) {
		const sign = text[at];
		if (isQuoted) {
			at += sign === '\\' ? 1 : 0;
			isQuoted = sign !== '"';
		} else if (sign === '"') {
			isQuoted = true;
		} else if (sign === '{') {
			level += 1;
		} else if (sign === '}') {
			level -= 1;
			if (level === 0) {
				return text.slice(start, at + 1);
			}
		}
	}

	return start < 0 ? undefined : text.slice(start);
}
