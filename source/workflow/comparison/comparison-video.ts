/** Writes a video that shows the results of several runs at once. */
import {rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import {framesOf, type PromptInput} from '../../domain/inputs/media.js';
import type {ShownRun} from '../../domain/types.js';
import {inspectInput} from '../../executor/media/inspect-file.js';
import type {Store} from '../../store/store.js';
import {runFfmpeg} from '../run-ffmpeg.js';
import {videoOf} from '../runs/open-video.js';
import type {ComparisonVideo, WrittenComparison} from './comparison-types.js';

/** Pixels of height that a video of results has at most. */
const mostHeight = 1080;
/** Seconds in which the border of a wipe goes from one side to the other and back. */
const wipeTime = 4;

/**
 * @throws CosmosError (usage) for a run without a local picture, one that cannot be read, a file that is
 * there, or a wipe of other than two; (home) without ffmpeg; (cancelled) by the signal: nothing is left then
 */
export async function writeComparison(
	store: Store,
	runs: readonly ShownRun[],
	{file, layout, force = false, signal, onProgress}: ComparisonVideo,
): Promise<WrittenComparison> {
	if (layout === 'wipe' && runs.length !== 2) {
		throw new CosmosError('usage', `a wipe shows two runs, not ${runs.length}`, {
			hint: 'Name two runs, or use --layout beside.',
		});
	}

	const target = path.resolve(file);
	await checkTarget(target, force);
	const clips: PromptInput[] = [];
	for (const shown of runs) {
		clips.push(await inspectInput('color', videoOf(shown, store.runFolder(shown.run.id))));
	}

	const [first] = clips as [PromptInput];
	const rates = clips.flatMap(clip => ('fps' in clip ? [clip.fps] : []));
	const fps = rates[0] ?? 25;
	const lengths = clips.filter(clip => 'fps' in clip).map(framesOf);
	const total = lengths.length === 0 ? 1 : Math.min(...lengths);
	// Of the same kind, so that ffmpeg knows the container by its name.
	const work = path.join(path.dirname(target), `.${process.pid}-${path.basename(target)}`);
	try {
		const {code, lastLine} = await runFfmpeg(
			[
				...clips.flatMap(clip => [
					...('fps' in clip ? [] : ['-loop', '1', '-framerate', String(fps)]),
					...['-i', `file:${clip.path}`],
				]),
				...['-filter_complex', graphOf(clips, fps, layout), '-map', '[o]', '-an'],
				...['-frames:v', String(total), '-c:v', 'libx264', '-crf', '16', '-pix_fmt', 'yuv420p'],
				...['-movflags', '+faststart', '-progress', 'pipe:1', `file:${work}`],
			],
			{
				cancelled: 'the comparison was cancelled; nothing was written',
				signal,
				onOutput(chunk) {
					const [, frame] = /frame=(\d+)/.exec(chunk.toString('latin1')) ?? [];
					onProgress?.(Number(frame ?? 0), total);
				},
			},
		);
		if (code !== 0) {
			throw new CosmosError(
				'program-failed',
				`ffmpeg cannot write ${target}: ${lastLine || `code ${code}`}`,
				{hint: 'Does the name end in .mp4, and can the folder be written?'},
			);
		}

		await rename(work, target);
	} finally {
		await rm(work, {force: true});
	}

	const {frames} = (await inspectInput('color', target)) as {frames: number};
	const differs = (values: readonly unknown[]) => new Set(values).size > 1;
	return {
		...{file: target, frames, size: (await stat(target)).size},
		notes: [
			...(differs(clips.map(({width, height}) => `${width}×${height}`))
				? [`sizes differ: each is shown as high as the first, ${first.width}×${first.height}`]
				: []),
			...(differs(rates) ? [`rates differ: shown at ${fps} frames per second`] : []),
			...(differs(lengths) ? [`lengths differ: the shortest, ${total} frames, is the end`] : []),
		],
	};
}

async function checkTarget(target: string, force: boolean): Promise<void> {
	const found = await stat(target).catch(() => undefined);
	if (found && !(force && found.isFile())) {
		throw new CosmosError('already-exists', `${target} exists already`, {
			hint: found.isFile() ? 'Add --force to replace it, or choose another name.' : '',
		});
	}
}

/** The filters that bring all to one height and rate, and show them at once as `[o]`. */
function graphOf(
	clips: readonly PromptInput[],
	fps: number,
	layout: ComparisonVideo['layout'],
): string {
	const [first] = clips as [PromptInput];
	const height = even(Math.min(mostHeight, first.height));
	const sizeOf = ({width, height: own}: PromptInput) => `${even((width * height) / own)}:${height}`;
	const scaled = clips.map((clip, at) => {
		const size = layout === 'wipe' ? sizeOf(first) : sizeOf(clip);
		return `[${at}:v]fps=${fps},scale=${size}:flags=bicubic,setsar=1,format=yuv420p,setpts=N/(${fps}*TB)[v${at}]`;
	});
	const inputs = clips.map((_, at) => `[v${at}]`).join('');
	return `${scaled.join(';')};${inputs}${
		layout === 'wipe' ? wipe : `hstack=inputs=${clips.length}:shortest=1`
	}[o]`;
}

const even = (pixels: number) => Math.max(2, 2 * Math.round(pixels / 2));

const border = `W*(0.5+0.5*sin(2*PI*T/${wipeTime}))`;
const sides = `if(lt(X,${border}),A,B)`;
/** Left of the border the first, right of it the second; the border is white. */
const wipe = `blend=c0_expr='if(lt(abs(X-${border}),2),235,${sides})':c1_expr='${sides}':c2_expr='${sides}':shortest=1`;
