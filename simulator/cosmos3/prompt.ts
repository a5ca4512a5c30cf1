import {parseJson} from '../python/json.js';
import {PythonError, repr} from '../python/python-error.js';
import {type Dict, isDict, type PythonValue, toJson} from '../python/values.js';

export type PromptFacts = {
	width: number;
	height: number;
	frames: number;
	fps: number;
};

/** The text that the model is given: JSON with the real values in it, or a text and two sentences. */
export function formatPrompt(args: Dict, facts: PromptFacts): string {
	const prompt = String(args.prompt);
	const json = asObject(prompt);
	if (json) {
		return formatJson(json, args.aspect_ratio ?? null, facts);
	}

	return args.native_prompt_upsampling === true
		? prompt.trim()
		: withSentences(prompt, args.duration_template, args.resolution_template, facts);
}

function asObject(prompt: string): Dict | undefined {
	try {
		const value = parseJson(prompt);
		return isDict(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function formatJson(prompt: Dict, aspect: PythonValue, facts: PromptFacts): string {
	const {width, height, frames, fps} = facts;
	const {duration, fps: said, ...rest} = prompt;
	const timed: Dict = frames > 1 ? {duration: `${Math.trunc(frames / fps)}s`, fps} : {};
	const shape: Dict = aspect === null ? {} : {aspect_ratio: aspect};
	return toJson(
		{
			...(frames > 1 ? prompt : rest),
			...timed,
			resolution: {H: BigInt(height), W: BigInt(width)},
			...shape,
		},
		'dumps',
	);
}

function withSentences(
	prompt: string,
	durations: PythonValue | undefined,
	sizes: PythonValue | undefined,
	facts: PromptFacts,
): string {
	const {width, height, frames, fps} = facts;
	const sentences = [
		...(typeof durations === 'string' && frames > 1
			? [fillIn(durations, {duration: frames / fps, fps})]
			: []),
		...(typeof sizes === 'string' ? [fillIn(sizes, {height, width})] : []),
	];
	return sentences.reduce(
		(text, sentence) => `${text.trim().replace(/\.+$/, '')}. ${sentence}`,
		prompt.trim(),
	);
}

/** `template.format(…)` with numbers. */
function fillIn(template: string, values: Readonly<Record<string, number>>): string {
	return template.replaceAll(/\{(\w*)(?::\.(\d)f)?\}/g, (_, name: string, digits?: string) => {
		const value = values[name];
		if (value === undefined) {
			throw new PythonError('KeyError', repr(name));
		}

		return digits === undefined ? String(value) : value.toFixed(Number(digits));
	});
}
