import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {VideoShape} from '../video-writer.js';
import {createCanvas} from './canvas.js';
import type {Painter, Picture} from './test-picture.js';

/** What ffmpeg makes of the input's frames; it finds no keypoints. */
const filters: Readonly<Record<Exclude<Picture, 'keypoint'>, (seed: number) => string>> = {
	// The same scene in other colours.
	color: seed => `hue=h=${seed % 360}:s=1.3,eq=contrast=1.1`,
	edge: () => 'edgedetect=low=0.08:high=0.2',
	vis: () => 'gblur=sigma=6',
	depth: () => 'hue=s=0,gblur=sigma=3',
	seg: () =>
		`gblur=sigma=2,lutrgb=${['r', 'g', 'b'].map(name => `${name}='trunc(val/64)*85'`).join(':')}`,
};

/**
 * Paints the input's own frames through a filter.
 * @returns undefined where ffmpeg is not installed or cannot read the input
 */
export async function filterInput(
	file: string,
	{width, height, fps, frames}: VideoShape,
	picture: Picture,
	seed: number,
): Promise<Painter | undefined> {
	if (picture === 'keypoint') {
		return;
	}

	const filter = `scale=${width}:${height}:flags=lanczos,${filters[picture](seed)},setpts=N/${fps}/TB`;
	const size = width * height * 4;
	const words = [
		...[
			'-nostdin',
			'-loglevel',
			'error',
			'-threads',
			'1',
			'-i',
			`file:${file}`,
			'-an',
			'-sn',
			'-dn',
		],
		...['-vf', filter, '-r', String(fps), '-frames:v', String(frames)],
		...['-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1'],
	];
	const options = {encoding: 'buffer', maxBuffer: size * frames, timeout: 60_000} as const;
	const {stdout} = await promisify(execFile)('ffmpeg', words, options).catch(() => ({
		stdout: Buffer.alloc(0),
	}));
	const found = Math.floor(stdout.length / size);
	if (found === 0) {
		return;
	}

	const canvas = createCanvas(width, height);
	const bytes = new Uint8Array(canvas.pixels.buffer);
	return seconds => {
		const frame = Math.min(found - 1, Math.round(seconds * fps));
		bytes.set(stdout.subarray(frame * size, (frame + 1) * size));
		return canvas;
	};
}
