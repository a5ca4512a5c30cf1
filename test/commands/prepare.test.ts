import {spawnSync} from 'node:child_process';
import {
	copyFileSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {inspectVideoDir} from '../../source/executor/media/video-dir.js';
import {available} from '../lab/available.js';
import {openShell, type Shell} from './in-process.js';

describe.skipIf(!available('ffmpeg'))('cosmos prepare', () => {
	let shell: Shell;
	let frames: string;

	beforeEach(async () => {
		shell = await openShell();
		frames = path.join(shell.folder, '100% done');
		mkdirSync(frames);
		draw('color', 12);
	});

	afterEach(() => shell.close());

	/** Frames numbered from 1, as a renderer leaves them. */
	function draw(stem: string, count: number, size = '64x36'): void {
		const {status, stderr} = spawnSync(
			'ffmpeg',
			[
				...['-loglevel', 'error', '-f', 'lavfi', '-i', `testsrc=size=${size}:rate=24`],
				...['-frames:v', String(count), `${stem}.%04d.png`],
			],
			{cwd: frames, encoding: 'utf8'},
		);
		expect(stderr).toBe('');
		expect(status).toBe(0);
	}

	const prepare = (...words: string[]) => shell.cosmos(['prepare', frames, ...words]);
	const videos = () => readdirSync(frames).filter(name => name.endsWith('.mp4'));

	it('encodes a video from each sequence, with every frame', async () => {
		draw('depth', 12);
		draw('segmentation', 12);
		const {code, stdout} = await prepare('--fps', '30');
		expect(code).toBe(0);
		expect(stdout.split('\n')[0]).toBe(
			`${path.join(frames, 'color.mp4')}\t64×36\t12 frames\t30 fps`,
		);
		const made = await inspectVideoDir(frames);
		expect(made).toMatchObject(
			['color', 'depth', 'seg'].map(role => ({role, width: 64, height: 36, frames: 12, fps: 30})),
		);
	});

	it('writes the videos into a folder of that name next to the frames', async () => {
		await prepare('--name', 'videos');
		expect(readdirSync(path.join(shell.folder, 'videos'))).toEqual(['color.mp4']);
		expect(videos()).toEqual([]);
	});

	it('accepts sequences that do not start with 1', async () => {
		for (const number of [1, 2, 3]) {
			rmSync(path.join(frames, `color.000${number}.png`));
		}

		expect((await prepare()).stdout).toContain('\t9 frames\t');
		expect((await inspectVideoDir(frames))[0]).toMatchObject({frames: 9});
	});

	it('adds a line to an odd size', async () => {
		rmSync(frames, {recursive: true});
		mkdirSync(frames);
		draw('color', 3, '65x37');
		await prepare();
		expect((await inspectVideoDir(frames))[0]).toMatchObject({width: 66, height: 38});
	});

	it('encodes nothing with --dry-run', async () => {
		const {stdout} = await prepare('--dry-run', '--json');
		expect(JSON.parse(stdout)).toMatchObject({
			schema: 'cosmos.prepare.1',
			fps: 24,
			videos: [{role: 'color', width: 64, height: 36, frames: 12}],
		});
		expect(videos()).toEqual([]);
	});

	it('replaces a video only with --force', async () => {
		writeFileSync(path.join(frames, 'color.mp4'), 'mine');
		expect((await prepare()).stderr).toContain('color.mp4 already exists');
		expect((await prepare('--force')).code).toBe(0);
		expect((await inspectVideoDir(frames))[0]).toMatchObject({frames: 12});
	});

	const frame = (number: string, stem = 'color') => path.join(frames, `${stem}.${number}.png`);

	it.each<[string, () => void, string]>([
		['a missing frame', () => rmSync(frame('0005')), 'frame 5 of color is missing'],
		[
			'missing frames',
			() => {
				for (const number of ['0005', '0006', '0007']) {
					rmSync(frame(number));
				}
			},
			'frames 5 to 7 of color are missing',
		],
		[
			'a frame that is there twice',
			() => copyFileSync(frame('0005'), frame('5')),
			'frame 5 of color exists twice',
		],
		[
			'an uneven name',
			() => renameSync(frame('0012'), frame('00012')),
			'color.00012.png is not named like color.0001.png',
		],
		['another count', () => draw('depth', 11), 'depth has 11 frames, color 12'],
		['another size of a sequence', () => draw('depth', 12, '32x36'), 'depth is 32×36, color 64×36'],
		[
			'another size of a frame',
			() => {
				draw('vis', 1, '32x32');
				renameSync(frame('0001', 'vis'), frame('0007'));
			},
			'color.0007.png is 32×32, color.0001.png 64×36',
		],
		[
			'a file that is no PNG',
			() => writeFileSync(frame('0003'), 'x'),
			'color.0003.png is not a PNG file',
		],
		[
			'no color',
			() => {
				for (const name of readdirSync(frames)) {
					rmSync(path.join(frames, name));
				}

				draw('depth', 2);
			},
			'has no color sequence',
		],
	])('rejects %s and encodes nothing', async (_what, spoil, message) => {
		spoil();
		const ended = await prepare();
		expect(ended.stderr).toContain(message);
		expect(ended.code).toBe(2);
		expect(videos()).toEqual([]);
	});

	it('says what to install if ffmpeg is missing', async () => {
		const before = process.env.PATH;
		process.env.PATH = shell.folder;
		try {
			const ended = await prepare();
			expect(ended).toMatchObject({code: 6, stdout: ''});
			expect(ended.stderr).toMatch(
				/^cosmos: ffmpeg is not installed on this machine\n {2}Install it: apt-get/,
			);
		} finally {
			process.env.PATH = before;
		}
	});

	it('names a frame whose pixels are damaged, and leaves no video', async () => {
		draw('depth', 12);
		const damaged = frame('0006', 'depth');
		const bytes = readFileSync(damaged);
		bytes.fill(0, 60, 200);
		writeFileSync(damaged, bytes);
		expect(await prepare()).toMatchObject({
			code: 2,
			stderr: expect.stringContaining(`${damaged} is damaged`),
		});
		expect(readdirSync(frames).filter(name => name.includes('mp4'))).toEqual([]);
	});

	it.each([
		['in the middle', '0006'],
		['at the end', '0012'],
	])('names a frame that is cut off %s, and encodes nothing', async (_where, number) => {
		truncateSync(frame(number), statSync(frame(number)).size >> 1);
		const {code, stderr} = await prepare();
		expect(code).toBe(2);
		expect(stderr).toContain(`${frame(number)} is cut off: its end is missing`);
		expect(videos()).toEqual([]);
	});
});
