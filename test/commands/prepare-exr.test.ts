import {spawnSync} from 'node:child_process';
import {
	copyFileSync,
	mkdirSync,
	readdirSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {available} from '../lab/available.js';
import {type ExrOptions, exrFile} from './exr-file.js';
import {openShell, type Shell} from './in-process.js';

const [width, height] = [32, 18];
const flat = (value: number) => Array.from({length: width * height}, () => value);
const acescg = [0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.321_68, 0.337_67];

describe.skipIf(!available('ffmpeg'))('cosmos prepare', () => {
	let shell: Shell;
	let frames: string;
	const at = (name: string) => path.join(frames, name);

	beforeEach(async () => {
		shell = await openShell();
		frames = path.join(shell.folder, 'frames');
		mkdirSync(frames);
	});
	afterEach(() => shell.close());

	/** Two frames of an EXR. */
	function exr(stem: string, options: Partial<ExrOptions>): void {
		const bytes = exrFile({width, height, channels: {}, ...options});
		for (const number of [1, 2]) {
			writeFileSync(at(`${stem}.000${number}.exr`), bytes);
		}
	}

	const gray = (value: number) => ({channels: {B: flat(value), G: flat(value), R: flat(value)}});

	/** Two frames that ffmpeg makes of raw values. */
	function png(stem: string, format: string, bytes: Buffer): void {
		for (const number of [1, 2]) {
			const size = ['-video_size', `${width}x${height}`];
			const {status} = spawnSync(
				'ffmpeg',
				[
					...['-loglevel', 'error', '-f', 'rawvideo', '-pix_fmt', format, ...size],
					...['-i', 'pipe:0', '-frames:v', '1', at(`${stem}.000${number}.png`)],
				],
				{input: bytes},
			);
			expect(status).toBe(0);
		}
	}

	const prepare = (...words: string[]) => shell.cosmos(['prepare', frames, ...words]);

	/** The first frame of a video, a byte a pixel. */
	function grays(name: string): Buffer {
		const {stdout} = spawnSync('ffmpeg', [
			...['-loglevel', 'error', '-i', at(name), '-frames:v', '1'],
			...['-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'],
		]);
		expect(stdout.length).toBe(width * height);
		return stdout;
	}

	it.each([
		[[], 188],
		[['--transfer', 'bt709'], 180],
		[['--transfer', 'none'], 128],
	])('encodes linear light of 0.5 with %j as %i', async (words, value) => {
		exr('beauty', gray(0.5));
		const {code, stdout} = await prepare(...words);
		expect(code).toBe(0);
		expect(stdout).toContain(`color.mp4\t${width}×${height}\t2 frames`);
		expect(Math.abs((grays('color.mp4')[0] as number) - value)).toBeLessThanOrEqual(2);
	});

	describe('with depth in metres', () => {
		/** Left half at 2 m, right half at 8 m, sky in the first line. */
		const metres = flat(0).map((_, index) =>
			index < width ? 1e10 : index % width < width / 2 ? 2 : 8,
		);
		beforeEach(() => png('color', 'gray', Buffer.alloc(width * height, 128)));

		it.each<[string, Partial<ExrOptions>]>([
			['Z', {channels: {Z: metres}}],
			['Z, zipped', {channels: {Z: metres}, isZip: true}],
			['V', {channels: {V: metres}}],
			['R, G, B', {channels: {B: metres, G: metres, R: metres}, isZip: true}],
			['a layer', {channels: {'ViewLayer.Depth.Z': metres}}],
		])(
			'makes near white and far black, and says the distances: channel %s',
			async (_name, options) => {
				exr('depth', options);
				const {code, stdout} = await prepare();
				expect(code).toBe(0);
				expect(stdout).toMatch(/depth\.mp4\t.*\twhite 2 m, black 8 m\n/);
				const [sky, left, right] = [0, 9 * width + 4, 9 * width + 28].map(
					index => grays('depth.mp4')[index] as number,
				);
				expect(sky).toBeLessThan(6);
				expect(left).toBeGreaterThan(249);
				expect(right).toBeLessThan(6);
			},
		);

		it('takes the distances that are given', async () => {
			exr('depth', {channels: {Z: metres}});
			const {stdout} = await prepare('--near', '1', '--far', '8');
			expect(stdout).toContain('white 1 m, black 8 m');
			// (1/2 - 1/8) / (1/1 - 1/8) of 255.
			expect(Math.abs((grays('depth.mp4')[9 * width + 4] as number) - 109)).toBeLessThanOrEqual(3);
		});

		it('says beforehand that the distances are those of the sequence', async () => {
			exr('depth', {channels: {Z: metres}});
			const {stdout} = await prepare('--dry-run');
			expect(stdout).toContain('white the nearest, black the furthest');
			expect(readdirSync(frames).filter(name => name.endsWith('.mp4'))).toEqual([]);
		});

		it('reads millimetres in a grey PNG of 16 bits', async () => {
			const bytes = Buffer.alloc(width * height * 2);
			for (const [index, value] of metres.entries()) {
				bytes.writeUInt16LE(value > 100 ? 65_535 : value * 1000, index * 2);
			}

			png('depth', 'gray16le', bytes);
			expect((await prepare()).stdout).toContain('white 2 m, black 8 m');
			expect(grays('depth.mp4')[9 * width + 4]).toBeGreaterThan(249);
		});

		it('leaves depth of 8 bits as it is, and then has no distances to set', async () => {
			png('depth', 'gray', Buffer.alloc(width * height, 77));
			expect(await prepare('--near', '1')).toMatchObject({
				code: 2,
				stderr: expect.stringContaining('no depth is stored as distances here'),
			});
			expect((await prepare()).stdout).not.toContain('white');
			expect(Math.abs((grays('depth.mp4')[0] as number) - 77)).toBeLessThanOrEqual(2);
		});
	});

	it.each<[string, () => void, string, string]>([
		[
			'ACEScg',
			() => exr('color', {...gray(0.5), chromaticities: acescg}),
			'color.0001.exr has ACEScg',
			'linear Rec. 709',
		],
		[
			'several parts',
			() => exr('color', {...gray(0.5), isMultiPart: true}),
			'color.0001.exr is a multi-part OpenEXR file',
			'files of its own',
		],
		[
			'no plain colours',
			() => exr('color', {channels: {'ViewLayer.Combined.R': flat(1)}}),
			'color.0001.exr has no channels R, G, B but ViewLayer.Combined.R',
			'R, G, B',
		],
		[
			'a cut end',
			() => {
				exr('color', gray(0.5));
				truncateSync(at('color.0002.exr'), statSync(at('color.0002.exr')).size >> 1);
			},
			'color.0002.exr is cut off: the end of its pixels is missing',
			'Render or copy this frame again.',
		],
		[
			'a cut header',
			() => {
				exr('color', gray(0.5));
				truncateSync(at('color.0002.exr'), 100);
			},
			'color.0002.exr is cut off in its header',
			'',
		],
	])('refuses EXR with %s by name', async (_what, make, message, hint) => {
		make();
		const {code, stderr} = await prepare();
		expect(code).toBe(2);
		expect(stderr).toContain(message);
		expect(stderr).toContain(hint);
		expect(readdirSync(frames).filter(name => name.endsWith('.mp4'))).toEqual([]);
	});

	it.each<[string, Partial<ExrOptions>]>([
		['PIZ', {compression: 4}],
		['PXR24', {compression: 5}],
		['B44', {compression: 6}],
		['DWAA', {compression: 8}],
		['DWAB', {compression: 9}],
		['tiles', {isTiled: true}],
	])('refuses depth in EXR of %s by name', async (name, options) => {
		png('color', 'gray', Buffer.alloc(width * height, 128));
		exr('depth', {channels: {Z: flat(2)}, ...options});
		const {code, stderr} = await prepare();
		expect(code).toBe(2);
		expect(stderr).toContain(
			`depth.0001.exr is an OpenEXR file of ${name}, of which no depth is read`,
		);
		expect(stderr).toContain('Write it in lines, with ZIP or RLE compression or none.');
		expect(readdirSync(frames).filter(file => file.endsWith('.mp4'))).toEqual([]);
	});

	it.each([
		['no EXR', () => undefined],
		['EXR of depth alone', () => exr('depth', {channels: {Z: flat(2)}})],
	])('refuses --transfer, which would do nothing, with %s', async (_what, make) => {
		png('color', 'gray', Buffer.alloc(width * height, 128));
		make();
		expect(await prepare('--transfer', 'none')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('no colors are in OpenEXR here'),
		});
		expect((await prepare()).code).toBe(0);
	});

	it('reads JPEG, and names one that is cut off', async () => {
		png('color', 'gray', Buffer.alloc(width * height, 128));
		for (const number of [1, 2]) {
			const [from, to] = [at(`color.000${number}.png`), at(`shot_rgb_000${number}.jpg`)];
			expect(spawnSync('ffmpeg', ['-loglevel', 'error', '-i', from, to]).status).toBe(0);
		}

		expect((await prepare('--color', 'shot_rgb_####.jpg')).stdout).toContain('2 frames');
		const cut = at('shot_rgb_0002.jpg');
		truncateSync(cut, statSync(cut).size - 2);
		const {code, stderr} = await prepare('--color', 'shot_rgb_####.jpg', '--force');
		expect(code).toBe(2);
		expect(stderr).toContain(`${cut} is cut off: its end is missing`);
	});

	it('reads a folder for each role, and says what it left out', async () => {
		png('color', 'gray', Buffer.alloc(width * height, 128));
		for (const [role, name] of [
			['RGB', 'a'],
			['normals', 'n'],
		] as const) {
			mkdirSync(at(role));
			for (const number of [1, 2]) {
				copyFileSync(at(`color.000${number}.png`), at(`${role}/${name}${number}.png`));
			}
		}

		for (const number of [1, 2]) {
			rmSync(at(`color.000${number}.png`));
		}

		const {code, stderr, stdout} = await prepare();
		expect(code).toBe(0);
		expect(stdout).toContain('color.mp4\t');
		expect(stderr).toContain('normals/n#.png is left out: normals are not an input of any model');
	});
});
