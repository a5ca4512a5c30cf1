import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {rangeOf, readDepth, toGray} from '../../../source/workflow/prompts/depth-frames.js';
import {available} from '../../lab/available.js';

const [width, height] = [64, 36];

describe.skipIf(!available('ffmpeg'))('readDepth', () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-depth-'));
	});
	afterAll(() => rmSync(folder, {recursive: true, force: true}));

	function ffmpeg(...words: string[]): Buffer {
		const call = ['-nostdin', '-loglevel', 'error', '-y', ...words];
		const {status, stdout} = spawnSync('ffmpeg', call, {maxBuffer: 2 ** 26});
		expect(status).toBe(0);
		return stdout;
	}

	const picture = ['-f', 'lavfi', '-i', `testsrc2=s=${width}x${height}`, '-frames:v', '1'];

	it.each(
		['none', 'rle', 'zip1', 'zip16'].flatMap(compression =>
			['half', 'float'].map(format => [compression, format] as const),
		),
	)('reads the values that ffmpeg reads: EXR with %s, %s', async (compression, format) => {
		const file = path.join(folder, `${compression}-${format}.exr`);
		ffmpeg(...picture, '-compression', compression, '-format', format, file);
		const planes = ffmpeg('-i', file, '-f', 'rawvideo', '-pix_fmt', 'gbrpf32le', 'pipe:1');
		const count = width * height;
		const red = Array.from({length: count}, (_, at) => planes.readFloatLE((2 * count + at) * 4));
		const {metres} = await readDepth(file);
		expect([...metres]).toEqual(red.map(value => (value > 0 ? value : Number.POSITIVE_INFINITY)));
	});

	it('reads the values that ffmpeg reads: grey PNG of 16 bits, with every filter of lines', async () => {
		const file = path.join(folder, 'gray.png');
		ffmpeg(...picture, '-pix_fmt', 'gray16be', '-pred', 'mixed', file);
		const raw = ffmpeg('-i', file, '-f', 'rawvideo', '-pix_fmt', 'gray16le', 'pipe:1');
		const {metres} = await readDepth(file);
		expect(metres.length).toBe(width * height);
		const millimetres = Array.from(metres, (_, at) => raw.readUInt16LE(at * 2));
		expect([...metres]).toEqual(
			millimetres.map(value =>
				value === 0 || value === 65_535 ? Number.POSITIVE_INFINITY : Math.fround(value / 1000),
			),
		);
	});
});

describe('toGray', () => {
	const metres = Float32Array.from([0.5, 1, 2, 4, 8, Number.POSITIVE_INFINITY]);
	const depth = {width: 6, height: 1, metres};

	it('is the inverse of the distance: near is white, far and nothing are black', () => {
		expect([...toGray(depth, {near: 1, far: 4})]).toEqual([255, 255, 85, 0, 0, 0]);
	});

	it('has the range of what is something', () => {
		expect(rangeOf(depth)).toEqual({near: 0.5, far: 8});
	});
});
