import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {ALL_FORMATS, FilePathSource, Input} from 'mediabunny';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {jobOf} from '../../source/domain/models/models.js';
import {upscaleTask} from '../domain/models/tasks.js';
import {type Bench, createBench, writeFiles} from './bench.js';

let bench: Bench;
beforeAll(async () => {
	bench = await createBench();
});
afterAll(() => bench.remove());

async function upscale(name: string, promptText: string, weight: number, gpuCount = 1) {
	const runFolder = `runs/${name}`;
	const task = {...upscaleTask, promptText, settings: {...upscaleTask.settings, weight}};
	const inputs = {color: 'in/color.mp4'};
	const {files, command} = jobOf(task, {runFolder, inputs, gpuCount});
	await writeFiles(path.join(bench.checkout, runFolder), files);
	const ended = await bench.run(command);
	return {...ended, outputs: path.join(bench.checkout, runFolder, 'outputs')};
}

it('is accepted and produces a video three times as wide and high', async () => {
	const {status, outputs} = await upscale('plain', '', 0.5);
	expect(status).toBe(0);
	const input = new Input({
		source: new FilePathSource(path.join(outputs, 'output_4k.mp4')),
		formats: ALL_FORMATS,
	});
	const track = await input.getPrimaryVideoTrack();
	expect([track?.displayWidth, track?.displayHeight]).toEqual([192, 138]);
	input.dispose();
});

it.each([0, 0.05, 1])('is accepted with the weight %s', async weight => {
	expect((await upscale(`weight-${weight}`, '', weight)).status).toBe(0);
});

it('is accepted on several GPUs', async () => {
	expect((await upscale('gpus', '', 0.5, 2)).status).toBe(0);
});

it('passes its text', async () => {
	const text = '"sharp" $(leaves) 🌿';
	const {outputs} = await upscale('text', text, 0.5);
	expect(await readFile(path.join(outputs, 'output_4k.txt'), 'utf8')).toBe(text);
	expect((await stat(path.join(outputs, 'output_4k.mp4'))).size).toBeGreaterThan(500);
});
