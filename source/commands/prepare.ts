import path from 'node:path';
import {CosmosError} from '../domain/errors.js';
import {type Transfer, transfers} from '../domain/inputs/sequence-role.js';
import type {DepthRange} from '../workflow/prompts/depth-frames.js';
import type {PlannedVideo, PreparePlan, PrepareProgress} from '../workflow/prompts/prepare.js';
import {jsonText} from './print/json.js';
import {
	type CommandContext,
	jsonFlag,
	switchFlag,
	textFlag,
	type Verb,
	type Words,
} from './verb.js';

/** The roles whose frames can be named by a flag; masks say it in their names. */
const patternRoles = ['color', 'depth', 'seg', 'edge', 'vis'] as const;

export const prepare: Verb = {
	name: 'prepare',
	summary: 'encode rendered frames as the videos of a prompt',
	usage: 'DIR [flags]',
	details: `
DIR holds numbered frames (PNG, JPEG, OpenEXR), or a folder of them for each role. What a sequence is
for is a word in its names or its folder, in any case: color, rgb, beauty, combined, image; depth, z,
distance_to_camera; seg, segmentation, semantic, instance; edge; vis, blur; edge_mask and the like. A
single sequence without such a word is the color. --color PATTERN and the like say it:
'frame_####.png' or frame_%04d.png.
Every frame is checked before anything is encoded: gaps, sizes, counts, whole files. EXR is linear
Rec. 709 and is encoded as sRGB (--transfer). Depth in EXR (metres) and in grey PNG of 16 bits
(millimetres) becomes the inverse of the distance, near is white.
Requires ffmpeg. The videos are encoded as H.264, one after the other; Ctrl-C leaves none of them.`,
	args: [1, 1],
	completes: ['folder'],
	flags: [
		textFlag('name', 'NAME', 'a folder next to DIR for the videos (default: DIR itself)'),
		textFlag('fps', 'N', 'frames per second, 1 to 240 (default 24)'),
		...patternRoles.map(key =>
			textFlag(key, 'PATTERN', `the frames of ${key}, such as frame_####.png`),
		),
		textFlag('transfer', 'CURVE', 'how the light of EXR is encoded: srgb (default), bt709, none', {
			completes: transfers,
		}),
		textFlag('near', 'METRES', 'what becomes white in depth (default: the nearest)'),
		textFlag('far', 'METRES', 'what becomes black in depth (default: the furthest)'),
		switchFlag('force', 'replace existing videos'),
		switchFlag('dryRun', 'check and print what would be encoded, without encoding'),
		jsonFlag,
	],
	exitCodes: [[6, 'ffmpeg is missing or fails, or the disk is full']],
	examples: [
		[
			'cosmos prepare renders/042 --name 042-videos --fps 30',
			'renders/042-videos/color.mp4 and more',
		],
		['cosmos prepare renders/042 --dry-run', 'check that the sequences are complete'],
		["cosmos prepare renders/042 --color 'frame_####.png'", 'names that do not say what they are'],
	],
	async run(context, words) {
		const {planPreparation, prepareVideos} = await import('../workflow/prompts/prepare.js');
		const plan = await planPreparation(requestFrom(words));
		if (words.on('dryRun')) {
			print(context, plan, words.on('json'));
			return;
		}

		try {
			const made = await prepareVideos(
				plan,
				progress => context.live(progressLine(progress)),
				context.signal,
			);
			context.live('');
			print(context, made, words.on('json'));
		} finally {
			context.live('');
		}

		context.note(`next: cosmos create prompt "TEXT" ${plan.target}\n`);
	},
};

function requestFrom(words: Words) {
	const folder = words.args[0] as string;
	const name = words.text('name');
	return {
		folder,
		target: name === undefined ? undefined : path.resolve(folder, '..', name),
		fps: words.whole('fps', 1),
		patterns: Object.fromEntries(
			patternRoles.flatMap(role => {
				const pattern = words.text(role);
				return pattern === undefined ? [] : [[role, pattern]];
			}),
		),
		transfer: transferFrom(words.text('transfer')),
		depth: rangeFrom(words),
		force: words.on('force'),
	};
}

function transferFrom(given: string | undefined): Transfer | undefined {
	const known = transfers.find(one => one === given);
	if (given !== undefined && !known) {
		throw new CosmosError(
			'usage',
			`--transfer must be one of ${transfers.join(', ')}, not ${given}`,
		);
	}

	return known;
}

/** Undefined where neither is given. */
function rangeFrom(words: Words): Partial<DepthRange> | undefined {
	const [near, far] = (['near', 'far'] as const).map(key => {
		const given = words.text(key);
		const metres = Number(given);
		if (given !== undefined && !(metres > 0 && Number.isFinite(metres))) {
			throw new CosmosError('usage', `--${key} must be a number of metres above 0, not ${given}`);
		}

		return given === undefined ? undefined : metres;
	});
	if (near !== undefined && far !== undefined && near >= far) {
		throw new CosmosError('usage', `--near must be below --far, not ${near} and ${far}`);
	}

	return near === undefined && far === undefined
		? undefined
		: {...(near !== undefined && {near}), ...(far !== undefined && {far})};
}

const barWidth = 24;

/** `color   45% ━━━━━━━━━━━───────────── 22/48` */
function progressLine({video, done}: PrepareProgress): string {
	const part = Math.min(1, done / video.frames);
	const full = Math.round(part * barWidth);
	const bar = '━'.repeat(full) + '─'.repeat(barWidth - full);
	const percent = `${Math.floor(part * 100)}%`.padStart(4);
	return `${video.sequence.role.padEnd(12)} ${percent} ${bar} ${done}/${video.frames}`;
}

function print({out, note}: CommandContext, plan: PreparePlan, json: boolean): void {
	out(json ? jsonText('prepare', recordOf(plan)) : plan.videos.map(lineOf(plan)).join(''));
	for (const line of json ? [] : plan.notes) {
		note(`${line}\n`);
	}
}

function lineOf({fps}: PreparePlan) {
	return ({file, width, height, frames, depth}: PlannedVideo) =>
		`${file}\t${width}×${height}\t${frames} frames\t${fps} fps${depth ? `\t${rangeText(depth)}` : ''}\n`;
}

/** `white 0.5 m, black 12 m`. */
function rangeText({near, far}: Partial<DepthRange>): string {
	const text = (metres: number | undefined, otherwise: string) =>
		metres === undefined ? otherwise : `${Number(metres.toPrecision(4))} m`;
	return `white ${text(near, 'the nearest')}, black ${text(far, 'the furthest')}`;
}

function recordOf({folder, target, fps, transfer, videos, notes}: PreparePlan): object {
	return {
		...{folder, target, fps, transfer},
		videos: videos.map(({sequence, ...video}) => ({
			...{role: sequence.role, sequence: sequence.name},
			...video,
		})),
		notes,
	};
}
