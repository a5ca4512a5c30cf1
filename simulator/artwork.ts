import type {VideoFacts} from './input-video.js';
import {filterInput} from './picture/input-frames.js';
import {stamp} from './picture/stamp.js';
import {createTestPicture, type Picture} from './picture/test-picture.js';
import {hashText} from './random.js';
import {encodeVideo} from './video-writer.js';

/** The largest picture and the longest video that are made: a run is to be quick. */
const largest = {width: 320, height: 176, frames: 48};

export type Artwork = {
	picture: Picture;
	prompt: string;
	seed: number;
	fps: number;
	/** The form and length of the result, and the file that it is made from, if there is one. */
	like: Pick<VideoFacts, 'width' | 'height' | 'frames'> & {file?: string};
	/** How many times larger than `like` the picture is, 1 or 3. */
	enlarge?: number;
	/** The model that is stood in for. */
	model?: string;
	/** A sound track without a sound. */
	sound?: boolean;
	/** Of the controls that the model worked with; they are seen in the result. */
	weights?: ReadonlyMap<string, number>;
};

/**
 * Makes a video that says in the picture and in its tags that it is simulated: the input's frames
 * through a filter where ffmpeg is installed, else a test picture.
 */
export async function makeVideo(artwork: Artwork): Promise<Uint8Array> {
	const {
		picture,
		prompt,
		seed,
		fps,
		like,
		enlarge = 1,
		model = 'Cosmos-Transfer1',
		weights,
		sound,
	} = artwork;
	const shrink = Math.min(1, largest.width / like.width, largest.height / like.height);
	// H.264 wants even numbers.
	const even = (pixels: number) => Math.max(16, Math.round((pixels * shrink) / 2) * 2) * enlarge;
	const width = even(like.width);
	const height = even(like.height);
	const frames = Math.min(like.frames, enlarge > 1 ? 12 : largest.frames);
	const shape = {width, height, fps, frames, sound};
	const controls = weights && ([...weights].map(pair => pair.join(' ')).join(', ') || 'none');
	const number = hashText([prompt, seed, ...(controls ? [controls] : [])].join('\n'));
	const paint =
		(like.file && (await filterInput(like.file, shape, picture, number))) ||
		createTestPicture(number, picture, width, height);
	return encodeVideo(
		shape,
		{
			title: `SIMULATED ${picture === 'color' ? `${model} result` : `control: ${picture}`}`,
			comment: `Simulated: drawn by a program, not made by the model. Seed ${seed}.${
				controls ? ` Controls: ${controls}.` : ''
			}`,
		},
		frame => {
			const canvas = paint(frame / fps);
			stamp(canvas, 'SIMULATED', picture === 'color' ? `SEED ${seed}` : picture.toUpperCase());
			return canvas;
		},
		// Thin lines cost the encoder most.
		picture === 'edge' ? 36 : 28,
	);
}
