import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Prompt, Run} from '../../source/domain/types.js';
import {addFinished, openShell, type Shell} from './in-process.js';

let shell: Shell;
let prompt: Prompt;
let run: Run;

beforeEach(async () => {
	shell = await openShell();
	({prompt, run} = await addFinished(shell.store));
});

afterEach(() => shell.close());

const runNow = async () => (await shell.store.getRun(run.id))?.run;

describe('cosmos rate', () => {
	it('rates a run', async () => {
		expect((await shell.cosmos(['rate', run.id, '4'])).code).toBe(0);
		expect(await runNow()).toMatchObject({rating: 4, status: 'completed'});
	});

	it('clears the rating with 0', async () => {
		await shell.cosmos(['rate', prompt.id, '5']);
		await shell.cosmos(['rate', prompt.id, '0']);
		expect(await shell.store.getPrompt(prompt.id)).toEqual(prompt);
	});
});

describe('cosmos tag', () => {
	it('adds and removes tags in one call', async () => {
		await shell.cosmos(['tag', run.id, '+draft', 'night']);
		await shell.cosmos(['tag', run.id, '+keeper', '-draft']);
		await shell.cosmos(['tag', '+late', run.id]);
		await shell.cosmos(['tag', '-late', run.id]);
		expect((await runNow())?.tags).toEqual(['night', 'keeper']);
	});

	it('adds a tag once, whatever its case', async () => {
		await shell.cosmos(['tag', run.id, 'Night', 'night', 'NIGHT']);
		expect((await runNow())?.tags).toEqual(['Night']);
	});

	it('prints the tags when none is given', async () => {
		await shell.cosmos(['tag', prompt.id, 'a', 'b']);
		expect((await shell.cosmos(['tag', prompt.id])).stdout).toBe('a\nb\n');
	});

	it('refuses to remove a tag that is not there, and lists the existing ones', async () => {
		await shell.cosmos(['tag', run.id, 'night']);
		expect(await shell.cosmos(['tag', run.id, '-day', '+more'])).toEqual({
			code: 2,
			stdout: '',
			stderr: `cosmos: ${run.id} has no tag "day"\n  It has: night.\n`,
		});
		expect((await runNow())?.tags).toEqual(['night']);
	});
});

describe('cosmos note', () => {
	it('stores a text of several lines unchanged', async () => {
		const note = 'left edge:\n\tflicker, "bad" $(x) 🌆';
		await shell.cosmos(['note', run.id, '-'], {input: `${note}\n`});
		expect((await shell.cosmos(['note', run.id])).stdout).toBe(`${note}\n`);
	});

	it('removes the note with an empty text', async () => {
		await shell.cosmos(['note', run.id, 'x']);
		await shell.cosmos(['note', run.id, '']);
		expect(await runNow()).toEqual(run);
	});
});

it('shows rating, tags and note in details and lists', async () => {
	await shell.cosmos(['rate', run.id, '3']);
	await shell.cosmos(['tag', run.id, 'keeper']);
	await shell.cosmos(['note', run.id, 'good sky']);
	const {stdout} = await shell.cosmos(['show', run.id]);
	expect(stdout).toContain('rating    ★★★☆☆\ntags      keeper\nnote      good sky\n');
	expect((await shell.cosmos(['list', 'runs'])).stdout).toContain('\t*** keeper\n');
});

it('is kept when the run changes', async () => {
	const going = await shell.store.addRun(id => ({...run, id, status: 'pending'}) as Run);
	await shell.cosmos(['rate', going.id, '2']);
	await shell.store.updateRun(going.id, stored => ({...stored, status: 'uploading'}) as Run);
	expect((await shell.store.getRun(going.id))?.run).toMatchObject({rating: 2, status: 'uploading'});
});
