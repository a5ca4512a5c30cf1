import {execFileSync} from 'node:child_process';
import {mkdtemp, rm, truncate, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {beforeEach, describe, expect, it, onTestFinished} from 'vitest';
import {
	compareBlurred,
	compareOutlines,
	compareWith,
	type Picture,
} from '../../../source/workflow/measure/compare.js';
import {lookAt} from '../../../source/workflow/measure/look.js';
import {available} from '../../lab/available.js';

let folder: string;
const [width, height, fps] = [320, 180, 24];

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-measures-'));
	onTestFinished(() => rm(folder, {recursive: true}));
});

/** A video of a source and filters of ffmpeg, as near to lossless as players read. */
function video(name: string, source: string, filters = 'null', seconds = 2): Picture {
	const file = path.join(folder, name);
	execFileSync('ffmpeg', [
		...['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', source, '-t', String(seconds)],
		...['-vf', filters, '-c:v', 'libx264', '-crf', '4', '-pix_fmt', 'yuv420p', file],
	]);
	return {file, width, height, fps};
}

const moving = `testsrc2=size=${width}x${height}:rate=${fps}`;
const plain = (colour: string) => `color=${colour}:size=${width}x${height}:rate=${fps}`;

describe.skipIf(!available('ffmpeg'))('a look at a result', () => {
	it('finds nothing wrong with a moving picture', async () => {
		const {values, flag} = await lookAt(video('a.mp4', moving).file);
		expect(flag).toBeUndefined();
		expect(values).toMatchObject({
			...{frames: 48, seconds: 2, fps, width, height},
			...{black: 0, blank: 0, frozen: 0},
		});
		expect(values.flicker).toBeLessThan(2);
	});

	it.each([
		['black', plain('black'), 'null'],
		['black', moving, `lutyuv=y=16:u=128:v=128:enable='gte(n,20)'`],
		['blank', plain('gray'), 'null'],
		['blank', plain('0x2060a0'), 'null'],
		['frozen', moving, 'loop=loop=47:size=1:start=0'],
	])('flags a %s picture of %s %s', async (expected, source, filters) => {
		expect((await lookAt(video('a.mp4', source, filters).file)).flag).toBe(expected);
	});

	it('counts what is black or frozen for a part only, and does not flag it', async () => {
		const part = video('a.mp4', moving, `lutyuv=y=16:u=128:v=128:enable='lt(n,12)'`);
		const {values, flag} = await lookAt(part.file);
		expect(flag).toBeUndefined();
		expect(values.black).toBe(25);
		// Eleven of the 47 steps are from black to black.
		expect(values.frozen).toBeCloseTo((100 * 11) / 47, 6);
	});

	it('measures flicker, and no flicker in a steady change', async () => {
		const flickering = video('a.mp4', plain('gray'), `eq=brightness='0.1*mod(n,2)':eval=frame`);
		const fading = video('b.mp4', plain('0x404040'), `eq=brightness='n*3/255':eval=frame`);
		const jump = Number((await lookAt(flickering.file)).values.flicker);
		// A tenth of the range, up and down with each frame.
		expect(jump).toBeGreaterThan(20);
		expect(jump).toBeLessThan(32);
		expect((await lookAt(fading.file)).values.flicker).toBeLessThan(1);
	});

	it('flags a video that is cut off, and a file that is none', async () => {
		const {file} = video('a.mp4', moving);
		await truncate(file, 20_000);
		expect((await lookAt(file)).flag).toBe('unreadable');
		const text = path.join(folder, 'text.mp4');
		await writeFile(text, 'this is no video');
		expect(await lookAt(text)).toEqual({values: {}, flag: 'unreadable'});
	});

	it('flags a video whose data is noise behind a whole index', async () => {
		const {file} = video('a.mp4', moving);
		const bytes = await import('node:fs/promises').then(({readFile}) => readFile(file));
		const data = bytes.indexOf('mdat') + 4;
		const index = bytes.indexOf('moov', data);
		await writeFile(file, bytes.fill(0x5a, data, index > 0 ? index - 4 : bytes.length));
		expect((await lookAt(file)).flag).toBe('unreadable');
	});

	it('names a file that is not there', async () => {
		await expect(lookAt(path.join(folder, 'none.mp4'))).rejects.toMatchObject({code: 'bad-input'});
	});

	it('flags a black image', async () => {
		const file = path.join(folder, 'a.png');
		execFileSync('ffmpeg', [
			'-v',
			'error',
			'-f',
			'lavfi',
			'-i',
			plain('black'),
			'-frames:v',
			'1',
			file,
		]);
		expect(await lookAt(file)).toMatchObject({flag: 'black', values: {width, height, frames: 1}});
	});
});

describe.skipIf(!available('ffmpeg'))('a comparison', () => {
	it('agrees with PSNR and SSIM computed from the raw frames', async () => {
		const result = video('a.mp4', moving);
		const reference = video('b.mp4', moving, 'gblur=1.5,noise=alls=8');
		const expected = computeFromFrames(result.file, reference.file);
		const values = await compareWith(result, reference);
		expect(values.psnr).toBeCloseTo(expected.psnr, 2);
		expect(values.ssim).toBeCloseTo(expected.ssim, 3);
	});

	it('finds equal pictures equal', async () => {
		const one = video('a.mp4', moving);
		expect(await compareWith(one, one)).toMatchObject({psnr: 100, ssim: 1});
	});

	it('gives a reference of another size and rate the size and rate of the result', async () => {
		const result = video('a.mp4', moving);
		const other = video('b.mp4', moving, `fps=12,scale=640:360`);
		const same = await compareWith(result, {...other, width: 640, height: 360, fps: 12});
		expect(same.psnr).toBeGreaterThan(18);
		expect(same.ssim).toBeGreaterThan(0.75);
	});

	it('compares as far as the shorter one goes', async () => {
		const result = video('a.mp4', moving);
		const shorter = video('b.mp4', moving, 'null', 1);
		expect((await compareWith(result, shorter)).ssim).toBeGreaterThan(0.98);
	});

	it('tells a shifted picture from an equal one, and a blurred one apart by its edges', async () => {
		const result = video('a.mp4', moving);
		const shifted = video('b.mp4', moving, 'scroll=h=0.05');
		expect((await compareWith(result, shifted)).ssim).toBeLessThan(0.8);
		const blurred = video('c.mp4', moving, 'gblur=6');
		const [same, lost] = [
			await compareOutlines(result, result, 'seen'),
			await compareOutlines(blurred, result, 'seen'),
		];
		expect(same).toEqual({precision: 1, recall: 1, f1: 1});
		expect(lost.recall).toBeLessThan(0.6);
		// With the details gone on both sides, a soft picture is nearly the same and a shifted one is not.
		const soft = video('d.mp4', moving, 'gblur=1.5');
		expect(await compareBlurred(result, soft)).toBeGreaterThan(0.97);
		expect(Number((await compareWith(result, soft)).ssim)).toBeLessThan(0.95);
		expect(await compareBlurred(result, shifted)).toBeLessThan(0.9);
	});

	it('takes the edges of a control that has them drawn', async () => {
		const result = video('a.mp4', moving);
		const edges = video('b.mp4', moving, 'edgedetect=mode=wires,format=yuv420p');
		expect((await compareOutlines(result, edges, 'drawn')).f1).toBeGreaterThan(0.9);
		const others = video(
			'c.mp4',
			`mandelbrot=size=${width}x${height}:rate=${fps}`,
			'edgedetect=mode=wires',
		);
		expect((await compareOutlines(result, others, 'drawn')).f1).toBeLessThan(0.6);
	});

	it('names both files when one cannot be decoded', async () => {
		const result = video('a.mp4', moving);
		const text = path.join(folder, 'text.mp4');
		await writeFile(text, 'no video');
		await expect(compareWith(result, {...result, file: text})).rejects.toMatchObject({
			code: 'program-failed',
			message: expect.stringMatching(/a\.mp4 with .*text\.mp4: /),
		});
	});
});

/** The definitions, computed without ffmpeg's filters: mean square error, and windows of 8x8 every 4 pixels. */
function computeFromFrames(one: string, other: string): {psnr: number; ssim: number} {
	const raw = (file: string) =>
		execFileSync(
			'ffmpeg',
			['-v', 'error', '-i', file, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-'],
			{
				maxBuffer: 2 ** 28,
			},
		);
	const [a, b] = [raw(one), raw(other)];
	const size = (width * height * 3) / 2;
	const planes = [
		{from: 0, width, height},
		{from: width * height, width: width / 2, height: height / 2},
		{from: (width * height * 5) / 4, width: width / 2, height: height / 2},
	];
	let [squares, similar] = [0, 0];
	const frames = a.length / size;
	for (let frame = 0; frame < frames; frame++) {
		for (let at = frame * size; at < (frame + 1) * size; at++) {
			squares += ((a[at] as number) - (b[at] as number)) ** 2;
		}

		for (const plane of planes) {
			const share = (plane.width * plane.height) / size;
			const start = frame * size + plane.from;
			similar += share * ssimOf(a.subarray(start), b.subarray(start), plane);
		}
	}

	return {psnr: 10 * Math.log10(255 ** 2 / (squares / a.length)), ssim: similar / frames};
}

function ssimOf(a: Uint8Array, b: Uint8Array, plane: {width: number; height: number}): number {
	const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
	let [sum, windows] = [0, 0];
	for (let y = 0; y + 8 <= plane.height; y += 4) {
		for (let x = 0; x + 8 <= plane.width; x += 4) {
			let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
			for (let dy = 0; dy < 8; dy++) {
				for (let dx = 0; dx < 8; dx++) {
					const at = (y + dy) * plane.width + x + dx;
					const [p, q] = [a[at] as number, b[at] as number];
					sa += p;
					sb += q;
					saa += p * p;
					sbb += q * q;
					sab += p * q;
				}
			}

			const [ma, mb] = [sa / 64, sb / 64];
			const variance = (saa + sbb) / 63 - (64 / 63) * (ma * ma + mb * mb);
			const covariance = sab / 63 - (64 / 63) * ma * mb;
			sum +=
				((2 * ma * mb + c1) * (2 * covariance + c2)) / ((ma * ma + mb * mb + c1) * (variance + c2));
			windows += 1;
		}
	}

	return sum / windows;
}
