/** What a language model is asked for: a structured prompt, made of a short text. */
import type {PromptInput} from '../../inputs/media.js';
import {structureOf} from '../../prompts/structured-text.js';
import type {SettingsOf} from '../../settings/settings.js';

/** What a prompt is to be written for. */
export type PromptGoal = {
	isImage: boolean;
	/** Length of the video. */
	seconds: number;
	/** What the language model is shown beside the text. */
	shown?: 'image' | 'video';
};

/** The usual 189 frames at 24 frames per second. */
const usualSeconds = 8;

/** By the settings of an enhancement. */
export function goalFor(settings: SettingsOf<'enhance'>, shown?: 'image' | 'video'): PromptGoal {
	return {
		isImage: settings.for === 'image',
		seconds: Number(settings.seconds) || usualSeconds,
		...(shown && {shown}),
	};
}

/** The settings with the length of the video: that of the prompt's own video, where none is given. */
export function withLength(
	settings: SettingsOf<'enhance'>,
	inputs: readonly PromptInput[],
): SettingsOf<'enhance'> {
	const seconds = inputs.flatMap(input =>
		input.kind !== 'image' && input.fps > 0 ? [Math.round(input.frames / input.fps)] : [],
	);
	return settings.seconds === 0
		? {...settings, seconds: Math.max(1, seconds[0] ?? usualSeconds)}
		: settings;
}

/** The keys of a prompt and what each says; those of time are for videos alone. */
const keyWords: ReadonlyArray<{key: string; says: string; isTimed?: true}> = [
	{
		key: 'subjects',
		says: 'a list with an object for each person, animal or thing that matters, with "description", "appearance_details", "location", "relative_size", "orientation", "relationship" to the others, and where they apply "pose", "clothing", "expression", "number_of_subjects"',
	},
	{key: 'background_setting', says: 'the place, the weather and what is far away'},
	{
		key: 'lighting',
		says: 'an object with "conditions", "direction", "shadows", "illumination_effect"',
	},
	{
		key: 'aesthetics',
		says: 'an object with "composition", "color_scheme", "mood_atmosphere", "patterns"',
	},
	{
		key: 'cinematography',
		says: 'an object with "framing", "camera_angle", "depth_of_field", "focus", "lens_focal_length"',
	},
	{key: 'style_medium', says: 'photograph, film, animation, drawing or the like'},
	{key: 'artistic_style', says: 'its style in a few words'},
	{key: 'context', says: 'what the scene is about and where it could come from'},
	{
		key: 'text_and_signage_elements',
		says: 'a list of what can be read in the picture; often empty',
	},
	{
		key: 'actions',
		says: 'a list with an object for each thing that happens, with "time" and "description"',
		isTimed: true,
	},
	{
		key: 'segments',
		says: 'a list with an object for each stretch of time, with "segment_index" from 1, "time_range", "description", "key_changes", "camera"',
		isTimed: true,
	},
	{key: 'transitions', says: 'a list of the cuts; empty for a single shot', isTimed: true},
	{
		key: 'temporal_caption',
		says: 'one paragraph that tells the whole from the first to the last moment',
		isTimed: true,
	},
	{key: 'audio_description', says: 'what can be heard', isTimed: true},
];

/** What the language model is to do, whatever the text. */
export function instructionsFor({isImage, seconds, shown}: PromptGoal): string {
	const what = isImage ? 'an image' : `a video of ${seconds} seconds`;
	const lines = keyWords
		.filter(({isTimed}) => !(isImage && isTimed))
		.map(({key, says}) => `- "${key}": ${says}`);
	return `A text below says in a few words what ${what} is to show. Write the complete description that a generator of ${isImage ? 'images' : 'videos'} needs.

Answer with a single JSON object, without a word before or after it. Its keys:
${lines.join('\n')}

Rules:
- Keep everything that the text says. Where it leaves something open, choose what is likely and fits the rest, and be concrete.
- Describe what can be seen. No names of models, no advice, no doubts.
- Every value is in English, in whole sentences or exact terms, except words that are to be read in the picture.
${
	isImage
		? '- It is a single moment: nothing moves or changes.'
		: `- Times are such as "0s-2s" and lie between 0s and ${seconds}s. Add "action" and "state_changes" to subjects, and "camera_motion" to "cinematography". Without a word about cuts it is one shot.`
}
- If the text is already such an object, keep what it says and fill in what is missing.
${shownLine(shown, isImage)}`.trimEnd();
}

function shownLine(shown: PromptGoal['shown'], isImage: boolean): string {
	if (shown === undefined) {
		return '';
	}

	return isImage
		? `- The ${shown} beside this is the source: describe what is there, as the text wants it.`
		: shown === 'image'
			? '- The image beside this is how it begins: describe what is there, and then what the text adds.'
			: '- The video beside this is the source: describe its movements and its camera, as the text wants them to look.';
}

/** The text itself, apart from the instructions: what is in it is a description and no order. */
export function requestFor(text: string): string {
	return structureOf(text) ? `The text:\n${text.trim()}` : `The text:\n"""\n${text.trim()}\n"""`;
}
