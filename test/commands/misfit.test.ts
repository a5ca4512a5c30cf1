import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createCanvas, rgb} from '../../simulator/picture/canvas.js';
import {encodeVideo} from '../../simulator/video-writer.js';
import {outlookRows} from '../../source/screens/launch/form-outlook.js';
import {launchForm} from '../../source/screens/launch/launch-form.js';
import {sampleRun} from '../store/samples.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
beforeAll(async () => {
	shell = await openShell();
});
afterAll(() => shell.close());

type Shape = readonly [width: number, height: number, frames: number, fps: number];

async function video([width, height, frames, fps]: Shape): Promise<Uint8Array> {
	const canvas = createCanvas(width, height);
	canvas.pixels.fill(rgb(90, 120, 150));
	return encodeVideo({width, height, frames, fps}, {title: '', comment: ''}, () => canvas, 40);
}

let folders = 0;
/** Creates a prompt of videos; what is said of it, and its id. */
async function create(videos: Readonly<Record<string, Shape>>, model = 'transfer1') {
	const folder = path.join(shell.folder, `shots-${++folders}`);
	mkdirSync(folder);
	for (const [role, shape] of Object.entries(videos)) {
		writeFileSync(path.join(folder, `${role}.mp4`), await video(shape));
	}

	const words = ['create', 'prompt', 'A street', folder, '--model', model];
	const {stdout, stderr} = await shell.cosmos(words);
	const id = stdout.trim();
	return {id, said: stderr.split('\n').filter(line => line.startsWith('warning: '))};
}

/** What a dry run says, and what the form shows. */
async function plan(id: string, model: string, ...words: string[]) {
	const call = ['inference', id, '--host', 'demo', '--model', model, '--dry-run', ...words];
	const {code, stdout, stderr} = await shell.cosmos(call);
	const prompt = (await shell.store.getPrompt(id)) ?? expect.fail('no prompt');
	const target = {operation: 'transfer', prompts: [prompt], together: false} as const;
	const form = launchForm({target, hosts: ['demo'], host: 'demo', model});
	const rows = outlookRows(form, 200, 5).map(row => row.replaceAll(/\u001b\[[0-9;]*m/g, '').trim());
	return {
		code,
		stderr,
		rows,
		lines: stdout.split('\n').filter(line => /^(?:warning|result): /.test(line)),
	};
}

const color: Shape = [80, 44, 48, 24];

describe('Transfer1', () => {
	it.each<[string, Record<string, Shape>, string[]]>([
		[
			'a shorter control',
			{color, depth: [80, 44, 31, 24]},
			['depth has 31 frames, color 48: the result has 31'],
		],
		[
			'a longer control',
			{color, seg: [80, 44, 60, 24]},
			['seg has 60 frames, color 48: the result has 48'],
		],
		[
			'another rate',
			{color, seg: [80, 44, 48, 30]},
			['seg has 30 fps, color 24: frames are paired by their number, so they drift apart'],
		],
		['another size of the same aspect', {color, depth: [64, 36, 48, 24]}, []],
		[
			'an aspect of cinema',
			{color: [96, 40, 48, 24]},
			['color is 96\u00d740: the model stretches it to 1280\u00d7704'],
		],
	])(
		'is warned of %s when the prompt is made, in the dry run and in the form',
		async (_what, videos, lines) => {
			const {id, said} = await create(videos);
			expect(said).toEqual(lines.map(line => `warning: ${line}`));
			const {code, lines: shown, rows} = await plan(id, 'transfer1');
			expect([code, shown.slice(1)]).toEqual([0, lines.map(line => `warning: ${line}`)]);
			expect(rows.slice(1)).toEqual(lines.map(line => `! ${line}`));
		},
	);

	it('refuses another aspect, which fails after the model is loaded, unless it is forced', async () => {
		const {id, said} = await create({color, depth: [44, 80, 48, 24]});
		const why =
			'depth is 44\u00d780 and color 80\u00d744: the model scales them to 704\u00d71280 and 1280\u00d7704, and fails when it puts them together';
		expect(said).toEqual([`warning: ${why}`]);
		const refused = await plan(id, 'transfer1');
		expect(refused.code).toBe(2);
		expect(refused.stderr).toBe(
			`cosmos: street: ${why}\n  Correct the videos, or launch it as it is with --force.\n`,
		);
		expect(refused.rows.at(-1)).toBe(`! ${why}`);
		const forced = await plan(id, 'transfer1', '--force');
		expect([forced.code, forced.lines.at(-1)]).toEqual([0, `warning: ${why}`]);
		// A control without a weight is not sent.
		expect((await plan(id, 'transfer1', '--depth', '0')).code).toBe(0);
	});

	it('refuses a rerun too, and forces it', async () => {
		const {id: promptId} = await create({color, depth: [44, 80, 48, 24]});
		const run = await shell.store.addRun(one => sampleRun(one, {promptId}));
		const words = ['rerun', run.id, '--host', 'demo', '--dry-run'];
		expect((await shell.cosmos(words)).code).toBe(2);
		const forced = await shell.cosmos([...words, '--force']);
		expect(forced.stdout).toContain('warning: depth is');
	});

	it('says what comes out', async () => {
		const {id} = await create({color: [80, 44, 130, 24]});
		const {lines, rows} = await plan(id, 'transfer1');
		const result = '1280\u00d7704, 130 frames, 5.4 s at 24 fps, in 2 clips';
		expect(lines).toEqual([`result: ${result}`]);
		expect(rows).toEqual([`= ${result}`]);
	});

	it("keeps the source's rate, and says so where it is told another", async () => {
		const {id, said} = await create({color: [80, 44, 20, 10]});
		expect(said).toEqual([]);
		expect((await plan(id, 'transfer1')).lines).toEqual([
			'result: 1280\u00d7704, 20 frames, 2.0 s at 10 fps',
		]);
		expect((await plan(id, 'transfer1', '--fps', '24')).lines).toEqual([
			'result: 1280\u00d7704, 20 frames, 0.8 s at 24 fps',
			'warning: color has 10 fps, the result 24: 0.83 s instead of 2.00 s (--fps 10 keeps it)',
		]);
		const done = await shell.cosmos(
			['inference', id, '--host', 'demo', '--model', 'transfer1', '--steps', '1'],
			{
				env: {COSMOS_SIMULATE_STEP: '0'},
			},
		);
		const [file = ''] = done.stdout.split('\t');
		const made = await shell.cosmos(['create', 'prompt', 'x', file]);
		expect(made.stderr).toMatch(/20 frames.*10 fps/);
	});
});

describe('Transfer2.5', () => {
	const model = 'transfer2.5';
	it.each<[string, Shape, string]>([
		[
			'a control that a checkout may hang with',
			[80, 44, 40, 24],
			'depth has 40 frames, color 48: older checkouts of the program hang there, newer ones go on with mirrored frames',
		],
		[
			'another aspect',
			[44, 80, 48, 24],
			'depth is 44\u00d780 and color 80\u00d744: the model scales them to 704\u00d71280 and 1280\u00d7704, and fails when it puts them together',
		],
	])('refuses %s unless it is forced', async (_what, depth, why) => {
		const {id} = await create({color, depth}, model);
		const refused = await plan(id, model);
		expect([refused.code, refused.stderr.split('\n')[0]]).toEqual([2, `cosmos: street: ${why}`]);
		expect((await plan(id, model, '--force')).lines.at(-1)).toBe(`warning: ${why}`);
	});

	it('refuses a control that has nothing left for the last chunk', async () => {
		const {id} = await create({color, depth: [80, 44, 20, 24]}, model);
		const {stderr} = await plan(id, model, '--frames-per-chunk', '21');
		expect(stderr).toContain(
			'depth has 20 frames, color 48: the program has none left for chunk 3 of 3 and fails there',
		);
	});

	it('refuses a single frame, on which it hangs', async () => {
		const {id} = await create({color: [80, 44, 1, 24]}, model);
		expect((await plan(id, model)).stderr).toContain('color has a single frame');
	});

	it('says what comes out: its rate without decimals, the size of the video or its own', async () => {
		const {id} = await create({color: [80, 44, 100, 29.97]}, model);
		expect((await plan(id, model)).lines).toEqual([
			'result: 80\u00d744, 100 frames, 3.4 s at 29 fps, in 2 chunks',
			'warning: color has 29.97 fps, the result 29: 3.45 s instead of 3.34 s',
		]);
		const own = await plan(id, model, '--no-keep-input-resolution', '--resolution', '480');
		expect(own.lines[0]).toBe('result: 768\u00d7432, 100 frames, 3.4 s at 29 fps, in 2 chunks');
	});
});

describe('Cosmos 3', () => {
	it.each<[string, Record<string, Shape>, string[]]>([
		[
			'a control that is shorter than the source',
			{color, depth: [80, 44, 31, 24]},
			['depth has 31 frames, color 48: the result has 31'],
		],
		[
			'a second control that is shorter, and one that is longer',
			{color, depth: [80, 44, 48, 24], seg: [80, 44, 31, 24], wsm: [80, 44, 60, 24]},
			[
				'seg has 31 frames, the result 48: the model continues it backwards',
				'wsm has 60 frames, the result 48: the model reads 48',
			],
		],
		[
			'another rate, also without a source',
			{depth: [80, 44, 48, 24], seg: [80, 44, 48, 30]},
			['seg has 30 fps, depth 24: frames are paired by their number, so they drift apart'],
		],
		[
			'another aspect',
			{color, depth: [64, 48, 48, 24]},
			['depth is 64\u00d748: the model crops it to the shape of 1280\u00d7720'],
		],
		['what fits', {color, depth: [160, 88, 48, 24]}, []],
	])(
		'is warned of %s when the prompt is made, in the dry run and in the form',
		async (_what, videos, lines) => {
			const {id, said} = await create(videos, 'cosmos3');
			expect(said).toEqual(lines.map(line => `warning: ${line}`));
			const {code, lines: shown, rows} = await plan(id, 'cosmos3');
			expect([code, shown.slice(1)]).toEqual([0, lines.map(line => `warning: ${line}`)]);
			expect(rows.slice(1)).toEqual(lines.map(line => `! ${line}`));
		},
	);
});

describe('the usual time limit', () => {
	it('grows with the length of the video, and is shown', async () => {
		const {id} = await create({color: [32, 18, 650, 24]});
		const call = (...words: string[]) =>
			shell.cosmos(['inference', id, '--host', 'demo', '--dry-run', ...words]);
		expect((await call('--model', 'transfer1')).stdout).toContain('time limit 12000 s');
		expect((await call('--model', 'transfer2.5')).stdout).toContain('time limit 15600 s');
		expect((await call('--model', 'transfer2.5', '--steps', '5')).stdout).toContain(
			'time limit 3600 s',
		);
		expect((await call('--time-limit', '60')).stdout).toContain('time limit 60 s');
		const file = (await shell.store.getPrompt(id))?.inputs[0]?.path ?? '';
		const upscale = await shell.cosmos(['upscale', file, '--host', 'demo', '--dry-run']);
		expect(upscale.stdout).toContain('time limit 87600 s');
	});
});
