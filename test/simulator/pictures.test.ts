import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {chmod, copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createCanvas} from '../../simulator/picture/canvas.js';
import {createTestPicture, type Picture} from '../../simulator/picture/test-picture.js';
import {samplesFolder} from '../../source/package-root.js';
import {available} from '../lab/available.js';
import {type Bench, createBench, type Ended, fileIn, plainSpec} from './bench.js';

const pictures = ['color', 'edge', 'vis', 'depth', 'seg', 'keypoint'] as const;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const frameAt = (seed: number, picture: Picture, seconds: number) =>
	sha256(new Uint8Array(createTestPicture(seed, picture, 64, 48)(seconds).pixels.buffer));

describe.each(pictures)('the test picture of %s', picture => {
	it('moves', () => {
		expect(frameAt(1, picture, 1)).not.toBe(frameAt(1, picture, 0));
	});

	it('depends only on the seed', () => {
		expect(frameAt(1, picture, 1)).toBe(frameAt(1, picture, 1));
		expect(frameAt(2, picture, 1)).not.toBe(frameAt(1, picture, 1));
	});
});

describe.concurrent('ffmpeg', () => {
	let bench: Bench;
	let plain: Ended;
	beforeAll(async () => {
		bench = await createBench();
		const color = path.join(samplesFolder(), 'city-night/color.mp4');
		await copyFile(color, path.join(bench.checkout, 'in/city.mp4'));
		plain = await bench.transfer(plainSpec, [], {PATH: ''});
	});
	afterAll(() => bench.remove());

	/** Puts a program in ffmpeg's place and gives its folder. */
	async function standIn(name: string, script: string): Promise<string> {
		const folder = path.join(bench.checkout, name);
		await mkdir(folder);
		await writeFile(path.join(folder, 'ffmpeg'), `#!/bin/sh\n${script}\n`);
		await chmod(path.join(folder, 'ffmpeg'), 0o755);
		return folder;
	}

	it('is optional', () => {
		expect([plain.status, plain.stderr]).toEqual([0, expect.not.stringContaining('ffmpeg')]);
	});

	it.each([
		['fails', 'exit 1'],
		['writes nothing', 'exit 0'],
	])('is treated as missing if it %s', async (name, script) => {
		const PATH = await standIn(name, script);
		const ended = await bench.transfer(plainSpec, [], {PATH});
		expect(await fileIn(ended, 'output.mp4')).toEqual(await fileIn(plain, 'output.mp4'));
	});

	it('reads the input and produces the frames of the result', async () => {
		const frame = createCanvas(64, 46).pixels.length * 4;
		const PATH = await standIn(
			'white',
			`printf '%s\\n' "$@" > words.txt; /usr/bin/head -c ${frame * 4} /dev/zero | /usr/bin/tr '\\000' '\\377'`,
		);
		const ended = await bench.transfer(plainSpec, [], {PATH});
		expect(await readFile(path.join(bench.checkout, 'words.txt'), 'utf8')).toContain(
			`\nfile:${bench.checkout}/in/color.mp4\n`,
		);
		expect(sha256(await fileIn(ended, 'output.mp4'))).not.toBe(
			sha256(await fileIn(plain, 'output.mp4')),
		);
	});

	it.skipIf(!available('ffmpeg'))('shows where the edges of the input are', async () => {
		const spec = {prompt: 'x', input_video_path: 'in/city.mp4', edge: {control_weight: 1}};
		const ended = await bench.transfer(spec);
		const gray = (file: string, filter: string) =>
			spawnSync('ffmpeg', [
				...['-v', 'error', '-i', file, '-vf', filter, '-frames:v', '1'],
				...['-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'],
			]).stdout;
		// Above the stamp, where the city's lights are.
		const crop = 'crop=320:140:0:0';
		const shown = gray(path.join(ended.outputs, 'edge_input_control_0.mp4'), crop);
		const input = gray(path.join(bench.checkout, 'in/city.mp4'), `edgedetect,${crop}`);
		const bright = [...shown.keys()].filter(at => (shown[at] ?? 0) > 128);
		expect(bright.length).toBeGreaterThan(500);
		const onEdge = bright.filter(at =>
			[0, 1, -1, 320, -320].some(by => (input[at + by] ?? 0) > 60),
		);
		expect(onEdge.length / bright.length).toBeGreaterThan(0.5);
	});
});
