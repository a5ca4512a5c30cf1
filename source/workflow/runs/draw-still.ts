import {framesOf} from '../../domain/inputs/media.js';
import {inspectInput} from '../../executor/media/inspect-file.js';
import {runFfmpeg} from '../run-ffmpeg.js';

/**
 * Writes the frame in the middle of a video as JPEG.
 * @param options.width pixels, at most
 * @returns whether there is one
 * @throws CosmosError (home) without ffmpeg, (usage) for a file that is no video
 */
export async function drawStill(
	video: string,
	file: string,
	{width, signal}: {width?: number; signal?: AbortSignal} = {},
): Promise<boolean> {
	const middle = Math.floor(framesOf(await inspectInput('color', video)) / 2);
	const scale = width === undefined ? '' : `,scale='min(${width},iw)':-2`;
	const {code} = await runFfmpeg(
		[
			...['-threads', '2', '-i', `file:${video}`, '-an', '-sn', '-dn', '-frames:v', '1'],
			...['-vf', `select='eq(n,${middle})'${scale}`, '-q:v', width === undefined ? '2' : '4'],
			`file:${file}`,
		],
		{signal},
	);
	return code === 0;
}
