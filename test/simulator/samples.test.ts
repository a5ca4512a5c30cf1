import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, it} from 'vitest';
import {inspectVideoDir} from '../../source/executor/media/video-dir.js';
import {samplesFolder} from '../../source/package-root.js';

const names = ['city-night', 'desert-dusk'];

it('there are two samples', async () => {
	expect((await readdir(samplesFolder())).sort()).toEqual(names);
});

it.each(names)('%s has an input video, a depth and a segmentation', async name => {
	const inputs = await inspectVideoDir(path.join(samplesFolder(), name));
	const form = {width: 320, height: 176, frames: 48, fps: 24};
	expect(inputs).toMatchObject(['color', 'depth', 'seg'].map(role => ({role, ...form})));
});

it.each(names)('%s is small', async name => {
	const inputs = await inspectVideoDir(path.join(samplesFolder(), name));
	expect(Math.max(...inputs.map(input => input.size))).toBeLessThan(150_000);
});

it.each(names)('%s has a prompt of one paragraph and a negative one', async name => {
	const read = (file: string) => readFile(path.join(samplesFolder(), name, file), 'utf8');
	expect((await read('prompt.txt')).trim()).toMatch(/^[A-Z].{300,}\.$/);
	expect((await read('negative.txt')).trim()).toMatch(/^.{50,}\.$/);
});
