import {cpSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {addFinished, openShell, type Shell} from './in-process.js';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'city-night');
let shell: Shell;

beforeEach(async () => {
	shell = await openShell();
});

afterEach(() => shell.close());

const save = (...words: string[]) => shell.cosmos(['presets', 'save', ...words]);

async function addPrompt(): Promise<string> {
	const videos = path.join(shell.folder, 'videos');
	cpSync(sample, videos, {recursive: true});
	return (await shell.cosmos(['create', 'prompt', 'A street', videos])).stdout.trim();
}

/** The settings that a call would launch with. */
async function settingsOf(words: readonly string[]): Promise<Record<string, unknown>> {
	const {stdout} = await shell.cosmos([...words, '--dry-run', '--json']);
	return JSON.parse(stdout)[0].task.settings;
}

describe('cosmos presets', () => {
	it('saves the given settings and lists them as flags', async () => {
		const weights = ['--weights', '0', '1', '0', '0'];
		await save('draft', '--model', 'transfer1', '--steps', '12', ...weights, '--distilled');
		await save('own', '--steps', '12', '--checkpoint', 'Cosmos3-Edge');
		expect((await shell.cosmos(['presets', 'list'])).stdout).toBe(
			'draft\ttransfer\t--vis 0 --edge 1 --depth 0 --seg 0 --steps 12 --distilled\nown\tcosmos3\t--checkpoint Cosmos3-Edge --steps 12\n',
		);
	});

	it('saves the settings of a run that differ from the defaults', async () => {
		const {run} = await addFinished(shell.store);
		await save('best', '--from', run.id, '--seed', '9');
		const {stdout} = await shell.cosmos(['presets', 'show', 'best', '--json']);
		expect(JSON.parse(stdout)).toEqual({
			schema: 'cosmos.preset.1',
			name: 'best',
			operation: 'transfer',
			settings: {seed: 9},
		});
	});

	it('replaces a preset only with --replace', async () => {
		await save('draft', '--steps', '12');
		expect((await save('draft', '--steps', '13')).code).toBe(2);
		await save('draft', '--steps', '13', '--replace');
		expect((await shell.cosmos(['presets', 'show', 'draft'])).stdout).toContain('--steps 13');
	});

	it('deletes a preset', async () => {
		await save('draft', '--steps', '12');
		await shell.cosmos(['presets', 'delete', 'draft']);
		expect((await shell.cosmos(['presets', 'list'])).stdout).toBe('');
	});

	it.each([
		['a setting out of range', ['draft', '--steps', '0'], '--steps must be 1 to 200'],
		['a bad name', ['../x', '--steps', '9'], 'is not a valid preset'],
		[
			'a setting of another operation',
			['up', '--weight', '1'],
			'--weight is not a setting of cosmos3',
		],
		['nothing to keep', ['none'], 'would be empty'],
	])('rejects %s', async (_what, words, message) => {
		const ended = await save(...words);
		expect(ended.code).toBe(2);
		expect(ended.stderr).toContain(message);
	});

	it('reports a damaged file and does not change it', async () => {
		await save('draft', '--steps', '12');
		const file = path.join(shell.data, 'presets.json');
		writeFileSync(file, '{"version":1,');
		const ended = await save('more', '--steps', '9');
		expect(ended).toMatchObject({code: 6, stderr: expect.stringContaining(`${file} is damaged`)});
	});
});

describe('--preset', () => {
	it('sets its settings; flags override them', async () => {
		const id = await addPrompt();
		await save('draft', '--steps', '12', '--seed', '5');
		const settings = await settingsOf(['inference', id, '--preset', 'draft', '--seed', '7']);
		expect(settings).toMatchObject({steps: 12, seed: 7, guidance: 6});
	});

	it('is rejected for another operation', async () => {
		const id = await addPrompt();
		await save('up', '--operation', 'upscale', '--weight', '1');
		const ended = await shell.cosmos(['inference', id, '--preset', 'up', '--dry-run']);
		expect(ended).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('preset "up" is for upscale'),
		});
	});
});

describe('cosmos rerun', () => {
	it("applies the run's settings, then the preset, then the flags", async () => {
		const promptId = await addPrompt();
		const {run} = await addFinished(shell.store);
		const again = await shell.store.addRun(id => ({
			...run,
			id,
			promptId,
			operation: 'transfer',
			settings: {...run.settings, steps: 50, seed: 3, guidance: 9} as never,
		}));
		await save('draft', '--model', 'transfer1', '--steps', '12', '--seed', '5');
		const settings = await settingsOf(['rerun', again.id, '--preset', 'draft', '--seed', '7']);
		expect(settings).toMatchObject({guidance: 9, steps: 12, seed: 7});
	});

	it('reports that the text of the prompt has changed', async () => {
		const promptId = await addPrompt();
		const {run} = await addFinished(shell.store);
		const again = await shell.store.addRun(id => ({...run, id, promptId}) as typeof run);
		const {stderr} = await shell.cosmos(['rerun', again.id, '--dry-run']);
		expect(stderr).toContain(`has changed since ${again.id}`);
	});
});
