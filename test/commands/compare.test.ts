import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {inspectVideo} from '../../source/executor/media/inspect-file.js';
import {available} from '../lab/available.js';
import {addResult} from '../store/result-runs.js';
import {samplePrompt} from '../store/samples.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
let runs: Run[];

/** A video of one colour. */
function makeVideo(
	name: string,
	colour: string,
	size: string,
	fps: number,
	frames: number,
): string {
	const file = path.join(shell.folder, name);
	execFileSync('ffmpeg', [
		...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `color=${colour}:size=${size}:rate=${fps}`],
		...['-frames:v', String(frames), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file],
	]);
	return file;
}

/** Red, green, blue of some columns in the middle row of one frame of a video. */
function pixelsOf(file: string, frame: number, columns: readonly number[]): number[][] {
	const pixels = execFileSync('ffmpeg', [
		...['-nostdin', '-v', 'error', '-i', file, '-vf', `select=eq(n\\,${frame})`, '-frames:v', '1'],
		...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
	]);
	const {width, height} = JSON.parse(
		execFileSync('ffprobe', [
			...['-v', 'error', '-select_streams', 'v', '-show_entries', 'stream=width,height'],
			...['-of', 'json', file],
		]).toString(),
	).streams[0];
	const row = Math.floor(height / 2) * width * 3;
	return columns.map(column => [...pixels.subarray(row + column * 3, row + column * 3 + 3)]);
}

const isNear = (pixel: readonly number[] | undefined, to: readonly number[]) =>
	to.every((value, at) => Math.abs((pixel?.[at] ?? -99) - value) < 12);

describe.skipIf(!available('ffmpeg'))('cosmos compare and diff', () => {
	beforeAll(async () => {
		shell = await openShell();
		const {id: promptId} = await shell.store.addPrompt(id => samplePrompt(id));
		const red = makeVideo('red.mp4', 'red', '160x90', 24, 24);
		const blue = makeVideo('blue.mp4', 'blue', '320x180', 12, 20);
		const add = (file: string, change: object) =>
			addResult(shell.store, file, ({settings}) => ({
				promptId,
				...change,
				settings: {...settings, ...('settings' in change ? (change.settings as object) : {})},
			}));
		runs = [
			await add(red, {promptText: 'A red street at night'}),
			await add(blue, {promptText: 'A blue street at night', settings: {seed: 7}}),
		];
	});

	afterAll(() => shell.close());

	const ids = () => runs.map(({id}) => id);

	it('prints a row for each setting that differs, and no other', async () => {
		const {code, stdout} = await shell.cosmos(['compare', ...ids()]);
		expect(code).toBe(0);
		const rows = stdout.trimEnd().split('\n');
		expect(rows.find(row => row.startsWith('seed'))).toMatch(/^seed\t\d+\t7$/);
		expect(rows.some(row => row.startsWith('guidance'))).toBe(false);
	});

	it('prints the same as JSON, with the whole hashes', async () => {
		const {stdout} = await shell.cosmos(['compare', ...ids(), '--json']);
		const {schema, runs: named, rows} = JSON.parse(stdout);
		expect([schema, named]).toEqual(['cosmos.comparison.1', ids()]);
		const output = rows.find((row: {group: string}) => row.group === 'outputs');
		expect(output.values[0]).toMatch(/^sha256 [0-9a-f]{64}$/);
	});

	it('shows what the newest run has changed of the one before, texts by words', async () => {
		const {code, stdout} = await shell.cosmos(['diff', 'latest']);
		expect(code).toBe(0);
		expect(stdout).toContain(`${runs[0]?.id} → ${runs[1]?.id}`);
		expect(stdout).toMatch(/^ {2}seed +\d+ → 7$/m);
		expect(stdout).toContain('A [-red-]{+blue+} street at night');
	});

	it('names the remedy for a run without one before it, and for one run alone', async () => {
		const first = await shell.cosmos(['diff', runs[0]?.id ?? '']);
		expect(first).toMatchObject({code: 2, stdout: ''});
		expect(first.stderr).toContain('Name the run to compare it with');
		const alone = await shell.cosmos(['compare', runs[0]?.id ?? '']);
		expect(alone).toMatchObject({code: 2, stdout: ''});
		expect(alone.stderr).toContain('two runs or more');
	});

	it('writes results of different sizes, rates and lengths beside each other, and says so', async () => {
		const file = path.join(shell.folder, 'pair.mp4');
		const {code, stdout, stderr} = await shell.cosmos(['compare', ...ids(), '--video', file]);
		expect({code, stdout}).toEqual({code: 0, stdout: `${file}\n`});
		expect(stderr).toContain('sizes differ');
		expect(stderr).toContain('rates differ: shown at 24 frames per second');
		expect(await inspectVideo('color', file)).toMatchObject({width: 320, height: 90, fps: 24});
		const [left, right] = pixelsOf(file, 3, [80, 240]);
		expect(isNear(left, [254, 0, 0]) && isNear(right, [0, 0, 254])).toBe(true);
	});

	it('writes a wipe whose border moves over both', async () => {
		const file = path.join(shell.folder, 'wipe.mp4');
		const words = ['compare', ...ids(), '--video', file, '--layout', 'wipe'];
		expect(await shell.cosmos(words)).toMatchObject({code: 0});
		expect(await inspectVideo('color', file)).toMatchObject({width: 160, height: 90});
		// At the start the border is in the middle, a while later at the right.
		const at = (frame: number) =>
			pixelsOf(file, frame, [8, 120]).map(pixel => (isNear(pixel, [254, 0, 0]) ? 'red' : 'blue'));
		expect([at(0), at(18)]).toEqual([
			['red', 'blue'],
			['red', 'red'],
		]);
	});

	it('replaces a file only with --force, and leaves nothing where it fails', async () => {
		const file = path.join(shell.folder, 'kept.mp4');
		await writeFile(file, 'mine');
		const refused = await shell.cosmos(['compare', ...ids(), '--video', file]);
		expect(refused).toMatchObject({code: 2, stdout: ''});
		expect(refused.stderr).toContain('Add --force');
		expect(await shell.cosmos(['compare', ...ids(), '--video', file, '--force'])).toMatchObject({
			code: 0,
		});
		const odd = path.join(shell.folder, 'odd.txt');
		expect((await shell.cosmos(['compare', ...ids(), '--video', odd])).code).toBe(6);
		expect(existsSync(odd)).toBe(false);
	});

	it('says which run has no local video', async () => {
		const {promptId} = runs[0] ?? {};
		const bare = await shell.store.addRun(
			id => ({...(runs[0] as Run), id, promptId: promptId ?? '', outputs: []}) as never,
		);
		const {code, stderr} = await shell.cosmos([
			...['compare', runs[0]?.id ?? '', bare.id, '--video', path.join(shell.folder, 'x.mp4')],
		]);
		expect(code).toBe(2);
		expect(stderr).toContain(`${bare.id} has no local video`);
	});
});
