import {rmSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest';
import {tinyVideo} from '../simulator/bench.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
let color: string;
let id: string;
let four: Uint8Array;
beforeAll(async () => {
	shell = await openShell();
	color = path.join(shell.folder, 'color.mp4');
	four = await tinyVideo(64, 48, 4);
});
afterAll(() => shell.close());
beforeEach(async () => {
	writeFileSync(color, four);
	id = (await shell.cosmos(['create', 'prompt', 'A street', color])).stdout.trim();
});

const dryRun = (verb = 'inference') => shell.cosmos([verb, id, '--dry-run']);
const touch = () => utimesSync(color, 1, 1);

it('says nothing of an input that is as it was', async () => {
	const {code, stdout, stderr} = await dryRun();
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	expect(stdout).not.toContain('has changed');
});

it.each([
	['inference', 'rendered anew with another length and size'],
	['prompt-enhance', 'used by an enhancement'],
])('says with %s how an input has changed: %s', async verb => {
	writeFileSync(color, await tinyVideo(96, 64, 6));
	const {code, stdout} = await dryRun(verb);
	expect(code).toBe(0);
	expect(stdout).toContain(
		'warning: color.mp4 has changed since the prompt was created: 6 frames, 96×64 now, 4 frames, 64×48 then',
	);
});

it('says that an input was written anew when only its time differs', async () => {
	touch();
	expect((await dryRun()).stdout).toContain(
		'color.mp4 has changed since the prompt was created: same length, size and rate',
	);
});

it.each<[string, () => void, string]>([
	['emptied', () => writeFileSync(color, ''), 'it is empty'],
	['cut off', () => writeFileSync(color, four.subarray(0, four.length / 2)), 'it is cut off'],
	['removed', () => rmSync(color), 'there is no file /'],
])('refuses an input that was %s', async (_name, spoil, message) => {
	spoil();
	const {code, stdout, stderr} = await dryRun();
	expect({code, stdout}).toEqual({code: 2, stdout: ''});
	expect(stderr).toContain(message);
	expect(stderr).toMatch(/an input of street (?:has changed|is missing): /);
});

it('looks by the size alone at prompts that have no time stored', async () => {
	await shell.store.updatePrompt(id, prompt => ({
		...prompt,
		inputs: prompt.inputs.map(({modified: _, ...input}) => input),
	}));
	touch();
	expect((await dryRun()).stdout).not.toContain('has changed');
});
