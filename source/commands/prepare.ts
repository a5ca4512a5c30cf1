import path from 'node:path';
import type {PlannedVideo, PreparePlan, PrepareProgress} from '../workflow/prepare.js';
import {jsonText} from './json.js';
import {type CommandContext, jsonFlag, type Verb, type Words} from './verb.js';

export const prepare: Verb = {
	name: 'prepare',
	summary: 'encode numbered PNG sequences as the videos of a prompt',
	usage: 'DIR [flags]',
	details: `
DIR holds color.0001.png, color.0002.png, … and, if you have them, depth.…, segmentation.…, edge.…
and vis.…, as a renderer writes them. Gaps, sizes and counts are checked before anything is encoded.
Requires ffmpeg. The videos are encoded as H.264, one after the other; Ctrl-C removes the unfinished one.`,
	args: [1, 1],
	completes: ['folder'],
	flags: [
		{
			key: 'name',
			kind: 'text',
			value: 'NAME',
			help: 'a folder next to DIR for the videos (default: DIR itself)',
		},
		{key: 'fps', kind: 'text', value: 'N', help: 'frames per second, 1 to 240 (default 24)'},
		{key: 'force', kind: 'switch', help: 'replace existing videos'},
		{
			key: 'dryRun',
			kind: 'switch',
			help: 'check and print what would be encoded, without encoding',
		},
		jsonFlag,
	],
	exitCodes: [[6, 'ffmpeg is missing or fails, or the disk is full']],
	examples: [
		[
			'cosmos prepare renders/042 --name 042-videos --fps 30',
			'renders/042-videos/color.mp4 and more',
		],
		['cosmos prepare renders/042 --dry-run', 'check that the sequences are complete'],
	],
	async run(context, words) {
		const {planPreparation, prepareVideos} = await import('../workflow/prepare.js');
		const plan = await planPreparation(requestFrom(words));
		if (words.on('dryRun')) {
			print(context, plan, words.on('json'));
			return 0;
		}

		try {
			await prepareVideos(plan, progress => context.live(progressLine(progress)), context.signal);
		} finally {
			context.live('');
		}

		print(context, plan, words.on('json'));
		context.note(`next: cosmos create prompt "TEXT" ${plan.target}\n`);
		return 0;
	},
};

function requestFrom(words: Words) {
	const folder = words.args[0] as string;
	const name = words.text('name');
	return {
		folder,
		target: name === undefined ? undefined : path.resolve(folder, '..', name),
		fps: words.whole('fps', 1),
		force: words.on('force'),
	};
}

const barWidth = 24;

/** `color   45% ━━━━━━━━━━━───────────── 22/48` */
function progressLine({video, done}: PrepareProgress): string {
	const part = Math.min(1, done / video.frames);
	const full = Math.round(part * barWidth);
	const bar = '━'.repeat(full) + '─'.repeat(barWidth - full);
	const percent = `${Math.floor(part * 100)}%`.padStart(4);
	return `${video.sequence.stem.padEnd(12)} ${percent} ${bar} ${done}/${video.frames}`;
}

function print({out}: CommandContext, plan: PreparePlan, json: boolean): void {
	out(json ? jsonText('prepare', recordOf(plan)) : plan.videos.map(lineOf(plan)).join(''));
}

function lineOf({fps}: PreparePlan) {
	return ({file, width, height, frames}: PlannedVideo) =>
		`${file}\t${width}×${height}\t${frames} frames\t${fps} fps\n`;
}

function recordOf({folder, target, fps, videos}: PreparePlan): object {
	return {
		folder,
		target,
		fps,
		videos: videos.map(({sequence, ...video}) => ({role: sequence.role, ...video})),
	};
}
