import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {CosmosError, messageOf} from '../domain/errors.js';
import type {Sequence} from '../domain/sequence.js';

type Encoding = {
	sequence: Sequence;
	/** Where the frames are. */
	folder: string;
	fps: number;
	/** The video to write. */
	file: string;
	/** Called with the number of frames done. */
	onFrame: (done: number) => void;
	signal?: AbortSignal;
};

/** x264's quality, 0 to 51: depth and segmentation are data and keep nearly all of it. */
const quality = {color: 16, vis: 16, edge: 12, depth: 8, seg: 8};

/**
 * Makes a video of a sequence: H.264, 4:2:0, which every program reads; odd sizes get a line more.
 * @throws CosmosError (home) when ffmpeg is not there or fails, (cancelled) by the signal
 */
export async function encodeSequence(encoding: Encoding): Promise<void> {
	const {folder, signal, sequence} = encoding;
	const child = spawn('ffmpeg', argumentsOf(encoding), {
		// The pattern is relative: a folder's name may hold a percent sign.
		cwd: folder,
		stdio: ['ignore', 'pipe', 'pipe'],
		signal,
	});
	let said = '';
	let told = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		said = `${said}${text}`.slice(-4000);
	});
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		told = `${told}${text}`.slice(-4000);
		const frame = [...told.matchAll(/^frame=(\d+)$/gm)].at(-1)?.[1];
		if (frame !== undefined) {
			encoding.onFrame(Number(frame));
		}
	});
	let code: unknown;
	try {
		[code] = await once(child, 'close');
	} catch (error) {
		throw startError(error, signal);
	}

	if (signal?.aborted) {
		throw new CosmosError('cancelled', 'cancelled; the video that was being made is removed');
	}

	if (code !== 0) {
		const last = said.trim().split('\n').at(-1) ?? '';
		throw new CosmosError(
			'home',
			`ffmpeg fails on ${sequence.pattern}: ${last || `code ${code}`}`,
			{
				hint: `Try it: ffmpeg -i ${sequence.files[0]} -f null -`,
			},
		);
	}
}

function argumentsOf({sequence, fps, file}: Encoding): string[] {
	return [
		...['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', '-progress', 'pipe:1'],
		...['-f', 'image2', '-framerate', String(fps), '-start_number', String(sequence.start)],
		...['-i', sequence.pattern],
		...['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-an'],
		...['-c:v', 'libx264', '-preset', 'medium', '-crf', String(quality[sequence.role])],
		...['-pix_fmt', 'yuv420p', '-movflags', '+faststart', file],
	];
}

function startError(error: unknown, signal?: AbortSignal): CosmosError {
	if (signal?.aborted) {
		return new CosmosError('cancelled', 'cancelled; the video that was being made is removed');
	}

	return /ENOENT/.test(messageOf(error))
		? new CosmosError('home', 'ffmpeg is not on this machine', {
				hint: 'Install it: apt-get install ffmpeg, dnf install ffmpeg, brew install ffmpeg or winget install ffmpeg.',
				cause: error,
			})
		: new CosmosError('home', `ffmpeg cannot be started: ${messageOf(error)}`, {cause: error});
}
