import {cpSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {samplesFolder} from '../../source/package-root.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
let id: string;

beforeAll(async () => {
	shell = await openShell();
	const videos = path.join(shell.folder, 'shots');
	mkdirSync(videos);
	for (const name of ['color', 'depth', 'depth_mask']) {
		const from = name === 'color' ? 'color' : 'depth';
		cpSync(
			path.join(samplesFolder(), 'city-night', `${from}.mp4`),
			path.join(videos, `${name}.mp4`),
		);
	}

	id = (await shell.cosmos(['create', 'prompt', 'A street', videos])).stdout.trim();
});
afterAll(() => shell.close());

const line = 'depth_mask is ignored: Cosmos 3 does not use it';

describe('a warning of a launch', () => {
	it('is shown by the dry run and is in its JSON', async () => {
		const words = ['inference', id, '--host', 'demo', '--dry-run'];
		expect((await shell.cosmos(words)).stdout).toContain(`warning: ${line}\n`);
		expect(JSON.parse((await shell.cosmos([...words, '--json'])).stdout)[0].warnings).toEqual([
			line,
		]);
	});

	it('names the prompt in a batch', async () => {
		const words = ['inference', id, id, '--batch', '--host', 'demo', '--dry-run'];
		expect((await shell.cosmos(words)).stdout).toContain(`warning: street: ${line}\n`);
	});

	it('is printed before the run on standard error', async () => {
		const answer = await shell.cosmos(['inference', id, '--host', 'demo', '--steps', '1'], {
			env: {COSMOS_SIMULATE_STEP: '0'},
		});
		expect(answer.code).toBe(0);
		expect(answer.stderr).toMatch(new RegExp(`^warning: ${line}\n`));
	});
});
