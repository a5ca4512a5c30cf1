import {copyFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, expect, it, onTestFinished, vi} from 'vitest';
import {samplesFolder} from '../../../source/package-root.js';
import {createPictureMaker} from '../../../source/workflow/runs/picture-maker.js';
import {available} from '../../lab/available.js';

let folder: string;
const never = new AbortController().signal;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-pictures-'));
	onTestFinished(() => rm(folder, {recursive: true}));
});

async function video(): Promise<string> {
	const file = path.join(folder, 'a strange % name.mp4');
	await copyFile(path.join(samplesFolder(), 'desert-dusk', 'color.mp4'), file);
	return file;
}

/** From here on there is no ffmpeg. */
function withoutFfmpeg(): void {
	vi.stubEnv('PATH', folder);
	onTestFinished(() => {
		vi.unstubAllEnvs();
	});
}

it.skipIf(!available('ffmpeg'))('makes twelve small frames of a video, once', async () => {
	const file = await video();
	const made = await createPictureMaker(folder).picture(file, 'blocks', never);
	expect([made.width, made.height, made.frames.length]).toEqual([128, 70, 12]);
	// The camera moves, so that no two are the same; and no frame is a plain colour.
	expect(new Set(made.frames.map(frame => Buffer.from(frame).toString('hex'))).size).toBe(12);
	expect(made.frames.every(frame => new Set(frame).size > 20)).toBe(true);

	withoutFfmpeg();
	const kept = await createPictureMaker(folder).picture(file, 'blocks', never);
	expect(kept.frames.map(frame => Buffer.from(frame))).toEqual(
		made.frames.map(frame => Buffer.from(frame)),
	);
});

it('says what to install if there is no ffmpeg', async () => {
	const file = await video();
	withoutFfmpeg();
	await expect(createPictureMaker(folder).picture(file, 'blocks', never)).rejects.toMatchObject({
		message: 'ffmpeg is not installed on this machine',
		hint: expect.stringContaining('apt-get install ffmpeg'),
	});
});

it('names the file that is not a video', async () => {
	const file = path.join(folder, 'no.mp4');
	await writeFile(file, 'text');
	await expect(createPictureMaker(folder).picture(file, 'blocks', never)).rejects.toThrow(
		/no\.mp4 cannot be read as a video/,
	);
});

it('stops if the request was aborted', async () => {
	const controller = new AbortController();
	const picture = createPictureMaker(folder).picture(await video(), 'blocks', controller.signal);
	controller.abort();
	await expect(picture).rejects.toThrow();
});
