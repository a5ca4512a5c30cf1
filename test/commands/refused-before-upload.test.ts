import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {tinyVideo} from '../simulator/bench.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
/** A prompt of two clips. */
let id: string;
let video: string;
beforeAll(async () => {
	shell = await openShell();
	video = path.join(shell.folder, 'color.mp4');
	writeFileSync(video, await tinyVideo(32, 32, 130));
	const host = (name: string, gpus: string) =>
		`[hosts.${name}]\nremote_dir = "~/x"\nimage = "t:1"\n${gpus}\n`;
	writeFileSync(
		path.join(shell.folder, 'cosmos.toml'),
		host('three', 'gpus = [0, 1, 2]') + host('four', 'gpus = [0, 1, 2, 3]'),
	);
	id = (await shell.cosmos(['create', 'prompt', 'A street', video])).stdout.trim();
});
afterAll(() => shell.close());

const cosmos = (...words: string[]) =>
	shell.cosmos([...words, '--config', path.join(shell.folder, 'cosmos.toml'), '--dry-run']);

describe('a run of Transfer1 is refused before anything is sent', () => {
	it('on 3 GPUs, among which 16 heads cannot be divided', async () => {
		const {code, stderr} = await cosmos('inference', id, '--host', 'three');
		expect(stderr).toBe(
			'cosmos: the slots of three (gpu0-1-2) have a number of GPUs that transfer1 cannot use\n' +
				'  It runs on 1, 2, 4, 8 or 16 GPUs: change the slot, or choose another host.\n',
		);
		expect(code).not.toBe(0);
		expect((await cosmos('upscale', video, '--host', 'three')).stderr).toContain(
			'GPUs that upscale cannot use',
		);
		expect((await cosmos('inference', id, '--host', 'four')).code).toBe(0);
	});

	it.each([
		['0', 2],
		['0.0029', 2],
		['0.003', 0],
	])('with --sigma-max %s: exit code %i', async (sigma, code) => {
		const ended = await cosmos('inference', id, '--host', 'four', '--sigma-max', sigma);
		expect(ended.code).toBe(code);
		expect(ended.stderr).toContain(code === 0 ? '' : '--sigma-max: must be at least 0.003');
	});

	it('with a seed that the second clip has no room for', async () => {
		const last = await cosmos('inference', id, '--host', 'four', '--seed', '4294967295');
		expect([last.code, last.stderr]).toEqual([
			2,
			'cosmos: --seed: must be at most 4294967294: each of the 2 clips has a seed of its own\n',
		]);
		expect((await cosmos('inference', id, '--host', 'four', '--seed', '4294967294')).code).toBe(0);
	});
});
