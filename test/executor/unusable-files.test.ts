import {spawnSync} from 'node:child_process';
import {
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest';
import {inspectFiles, inspectVideoDir} from '../../source/executor/media/video-dir.js';
import {available} from '../lab/available.js';

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;

describe.skipIf(!available('ffmpeg'))('a video that cannot be used', () => {
	let made: string;
	let folder: string;
	let printed: string;
	const at = (name: string) => path.join(folder, name);

	function ffmpeg(...words: string[]): void {
		const call = ['-nostdin', '-loglevel', 'quiet', '-y', ...words];
		const {status} = spawnSync('ffmpeg', call, {cwd: made});
		expect(status).toBe(0);
	}

	beforeAll(() => {
		made = mkdtempSync(path.join(tmpdir(), 'cosmos-made-'));
		ffmpeg(
			...['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=24:d=4'],
			'-pix_fmt',
			'yuv420p',
			'end.mp4',
		);
		ffmpeg('-i', 'end.mp4', '-c', 'copy', '-movflags', '+faststart', 'front.mp4');
		for (const name of ['video.mkv', 'video.ts', 'parts.mp4']) {
			const movflags = name === 'parts.mp4' ? ['-movflags', 'frag_keyframe+empty_moov'] : [];
			ffmpeg('-i', 'end.mp4', '-c', 'copy', ...movflags, name);
		}

		for (const name of ['video.avi', 'video.gif', 'video.mpg', 'video.m4v']) {
			ffmpeg('-i', 'end.mp4', name);
		}

		for (const codec of ['mpeg4', 'mjpeg', 'prores', 'qtrle', 'ffv1', 'libx265']) {
			ffmpeg('-i', 'end.mp4', '-c:v', codec, `${codec}.mov`);
		}

		ffmpeg('-f', 'lavfi', '-i', 'sine', '-t', '1', 'sound.mp4');
	});
	afterAll(() => rmSync(made, {recursive: true, force: true}));

	beforeEach(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-given-'));
		printed = '';
		for (const name of ['error', 'warn', 'info', 'log'] as const) {
			vi.spyOn(console, name).mockImplementation((...words) => {
				printed += `${words.join(' ')}\n`;
			});
		}
	});
	afterEach(() => {
		vi.restoreAllMocks();
		rmSync(folder, {recursive: true, force: true});
		expect(printed).toBe('');
	});

	/** A file made before, at another name, perhaps only its beginning. */
	function put(name: string, as: string, part = 1): void {
		copyFileSync(path.join(made, name), at(as));
		truncateSync(at(as), Math.floor(statSync(at(as)).size * part));
	}

	it.each<[string, () => void, string, string]>([
		['is empty', () => writeFileSync(at('color.mp4'), ''), 'it is empty', 'Copy or render'],
		[
			'has lost its end with its index',
			() => put('end.mp4', 'color.mp4', 0.5),
			'it is cut off: its index is missing',
			'Copy, download or render it again.',
		],
		[
			'has lost its end, with its index in front',
			() => put('front.mp4', 'color.mp4', 0.5),
			'it is cut off: the end of its data is missing',
			'Copy, download or render it again.',
		],
		[
			'has lost its last bytes',
			() => put('front.mp4', 'color.mp4', 0.99),
			'it is cut off: the end of its data is missing',
			'',
		],
		[
			'has lost the end of its fragments',
			() => put('parts.mp4', 'color.mp4', 0.5),
			'it is cut off: the end of its data is missing',
			'',
		],
		[
			'has lost its end in Matroska',
			() => put('video.mkv', 'color.mkv', 0.9),
			'it is cut off: the end of its data is missing',
			'',
		],
		[
			'was allocated and never written',
			() => {
				put('front.mp4', 'color.mp4', 0.5);
				const whole = statSync(path.join(made, 'front.mp4')).size;
				truncateSync(at('color.mp4'), whole);
			},
			'it is cut off: the end of its data is missing',
			'',
		],
		[
			'is a Git LFS pointer',
			() => writeFileSync(at('color.mp4'), pointer),
			'it is a Git LFS pointer',
			'Run `git lfs pull`',
		],
		[
			'is a web page',
			() => writeFileSync(at('color.mp4'), '<!DOCTYPE html>\n<html><body>Log in</body></html>'),
			'it is a web page',
			'Download the file itself',
		],
		[
			'is a text',
			() => writeFileSync(at('color.mp4'), 'später\n'),
			'it is a text file',
			'right file',
		],
		[
			'is a link to nothing',
			() => symlinkSync('/no/such/color.mp4', at('color.mp4')),
			'is a link to /no/such/color.mp4, which does not exist',
			'Restore that file',
		],
		[
			'is noise',
			() => writeFileSync(at('color.mp4'), noise()),
			'it is damaged, or of an unknown kind',
			'ffmpeg',
		],
		['has sound alone', () => put('sound.mp4', 'color.mp4'), 'it has sound, and no video', ''],
		['is AVI inside', () => put('video.avi', 'color.mp4'), 'it is an AVI file', 'color-h264.mp4'],
		['is a GIF inside', () => put('video.gif', 'color.mp4'), 'it is a GIF', 'Convert it: ffmpeg'],
		[
			'is a transport stream inside',
			() => put('video.ts', 'color.mp4'),
			'it is an MPEG transport stream',
			'Convert it: ffmpeg',
		],
		['is a picture inside', () => writeFileSync(at('color.mp4'), png), 'it is a PNG image', ''],
		[
			'has a codec that nobody reads',
			() => put('qtrle.mov', 'color.mov'),
			'its codec (rle) is not one that the models read',
			'Convert it: ffmpeg -i ',
		],
		['has an archive codec', () => put('ffv1.mov', 'color.mov'), 'its codec (FFV1) is not', ''],
		[
			'is in a container that the models do not read',
			() => put('video.avi', 'color.avi'),
			'color.avi is an AVI file, which the models do not read',
			'-c:v libx264 -crf 12 -pix_fmt yuv420p ',
		],
		['is a GIF', () => put('video.gif', 'walk.gif'), 'walk.gif is a GIF, which', 'walk.mp4'],
		['is MPEG', () => put('video.mpg', 'color.mpg'), 'color.mpg is an MPEG program', 'color.mp4'],
		[
			'is a control in such a container beside its source',
			() => {
				put('end.mp4', 'color.mp4');
				put('video.avi', 'depth.avi');
			},
			'depth.avi is an AVI file, which the models do not read',
			'depth.mp4',
		],
	])('is refused in one sentence with the remedy: it %s', async (_name, make, message, hint) => {
		make();
		await expect(inspectVideoDir(folder)).rejects.toMatchObject({
			code: 'bad-input',
			message: expect.stringContaining(message),
			hint: expect.stringContaining(hint),
		});
	});

	it.each<[string, string, number]>([
		['mpeg4.mov', 'color.mov', 96],
		['mjpeg.mov', 'color.mov', 96],
		['prores.mov', 'color.mov', 96],
		['libx265.mov', 'color.mov', 96],
		['video.m4v', 'color.m4v', 96],
		['video.mkv', 'color.mkv', 96],
		['parts.mp4', 'color.mp4', 96],
	])('is not what %s is: it is read without a word', async (name, as, frames) => {
		put(name, as);
		expect(await inspectVideoDir(folder)).toMatchObject([{role: 'color', frames, width: 160}]);
	});

	it('is not looked for among hidden files, or beside the one that replaces it', async () => {
		put('end.mp4', 'shot.mp4');
		put('video.avi', 'color.avi');
		mkdirSync(at('.cache'));
		writeFileSync(at('._shot.mp4'), 'Mac OS X');
		writeFileSync(at('.depth.mp4'), '');
		expect(await inspectVideoDir(folder)).toMatchObject([{role: 'color', path: at('shot.mp4')}]);
	});

	it('is named with the line that converts it when it is given as a file', async () => {
		put('video.avi', 'a walk.avi');
		await expect(inspectFiles([at('a walk.avi')])).rejects.toMatchObject({
			message: `${at('a walk.avi')} is an AVI file, which the models do not read`,
			hint: `Convert it: ffmpeg -i '${at('a walk.avi')}' -c:v libx264 -crf 12 -pix_fmt yuv420p '${at('a walk.mp4')}'`,
		});
	});
});

/** One pixel. */
const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
	'base64',
);

/** Bytes of no meaning, always the same. */
function noise(): Buffer {
	const bytes = Buffer.alloc(5000);
	for (let at = 0, value = 1; at < bytes.length; at++) {
		value = (value * 1_103_515_245 + 12_345) % 2 ** 31;
		bytes[at] = value >> 16;
	}

	return bytes;
}
