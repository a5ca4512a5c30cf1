/** The files that a prompt can have: what they are, and what each is for. */

/** The endings of each kind of file that can be an input. */
export const mediaEndings = {
	video: ['.mp4', '.mov', '.mkv', '.webm', '.m4v'],
	image: ['.png', '.jpg', '.jpeg', '.webp'],
} as const;

export type MediaKind = keyof typeof mediaEndings;

/** What an input is for. The families of models say which roles there are (`models/roles.ts`). */
export type InputRole = string;

/** A role with what its file may be. */
export type RoleRow = {
	role: InputRole;
	kinds: readonly MediaKind[];
	/** File names of it in a folder, without ending. */
	names: readonly string[];
};

type InputCommon = {
	role: InputRole;
	/** Absolute path. */
	path: string;
	/** Bytes. */
	size: number;
	/** When it was changed last, in milliseconds since 1970; absent in what 0.2 and earlier have stored. */
	modified?: number;
	width: number;
	height: number;
};

export type VideoInput = InputCommon & {
	/** Absent in what 0.1 has stored, which knew videos alone. */
	kind?: 'video';
	frames: number;
	/** Frames per second. */
	fps: number;
};

export type ImageInput = InputCommon & {kind: 'image'};

/** A local video or image of a prompt, as it was when the prompt was made. */
export type PromptInput = VideoInput | ImageInput;

/** The endings of the other files that can be an input, for recipes. */
export const dataEndings = {
	audio: ['.wav', '.mp3', '.flac', '.m4a', '.ogg'],
	json: ['.json', '.jsonl'],
	text: ['.txt', '.csv'],
} as const;

export type DataKind = keyof typeof dataEndings;

/** A file that only a recipe takes. */
export type DataInput = Pick<InputCommon, 'role' | 'path' | 'size' | 'modified'> & {kind: DataKind};

/** Any file of a prompt. */
export type AnyInput = PromptInput | DataInput;

/** Whether an input is a video or an image, which models take. */
export const isMedia = (input: AnyInput): input is PromptInput =>
	input.kind === undefined || input.kind === 'video' || input.kind === 'image';

/** What a file that is neither a video nor an image is by the end of its name. */
export function dataKindOf(name: string): DataKind | undefined {
	const kinds = Object.keys(dataEndings) as DataKind[];
	return kinds.find(kind => dataEndings[kind].some(ending => name.toLowerCase().endsWith(ending)));
}

/** What a file is by the end of its name; undefined for what cannot be an input. */
export function mediaKindOf(name: string): MediaKind | undefined {
	const kinds = Object.keys(mediaEndings) as MediaKind[];
	return kinds.find(kind => mediaEndings[kind].some(ending => name.toLowerCase().endsWith(ending)));
}

/** The ending of a file on a host: `.m4v` is Apple's name for MP4, which not every program knows. */
export function endingOf(name: string): string {
	const ending = /\.[^./\\]*$/.exec(name)?.[0].toLowerCase() ?? '';
	return ending === '.m4v' ? '.mp4' : ending;
}

/** An image is a video of one frame. */
export function framesOf(input: PromptInput): number {
	return input.kind === 'image' ? 1 : input.frames;
}
