import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Prompt, Run} from '../../source/domain/types.js';
import {samplePrompt} from '../store/samples.js';
import {addFinished, openShell, type Shell} from './in-process.js';

let shell: Shell;
let fresh: Prompt;
let used: Prompt;
let run: Run;

beforeEach(async () => {
	shell = await openShell();
	({prompt: used, run} = await addFinished(shell.store));
	fresh = await shell.store.addPrompt(id => samplePrompt(id, 'A desert'));
});

afterEach(() => shell.close());

const textOf = async (id: string) => (await shell.store.getPrompt(id))?.text;

/** An editor that replaces the whole text. */
function editor(text: string): {EDITOR: string} {
	const file = path.join(shell.folder, 'new text');
	writeFileSync(file, text);
	return {EDITOR: `cp '${file}'`};
}

describe('cosmos edit', () => {
	it("stores the editor's text and keeps the old one in the history", async () => {
		const text = 'Rain on "glass"\n\n$(touch owned) — 雨';
		expect((await shell.cosmos(['edit', fresh.id], {env: editor(`${text}\n`)})).code).toBe(0);
		const now = await shell.store.getPrompt(fresh.id);
		expect(now).toMatchObject({text, history: [{text: 'A desert'}]});
	});

	it('changes nothing when the editor saved the same text', async () => {
		await shell.cosmos(['edit', fresh.id], {env: {EDITOR: 'true'}});
		expect(await shell.store.getPrompt(fresh.id)).toEqual(fresh);
	});

	it('changes nothing when the editor fails', async () => {
		expect(await shell.cosmos(['edit', fresh.id], {env: {EDITOR: 'false'}})).toMatchObject({
			code: 6,
			stderr: expect.stringContaining('the editor `false` exited with code 1; nothing was changed'),
		});
		expect(await shell.store.getPrompt(fresh.id)).toEqual(fresh);
	});

	it('rejects an empty text', async () => {
		const ended = await shell.cosmos(['edit', fresh.id], {env: editor('  \n')});
		expect(ended).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('the new text is empty'),
		});
	});

	it('rejects half a character, which no model reads', async () => {
		const ended = await shell.cosmos(['edit', fresh.id, '--text', 'A desert \ud83d']);
		expect(ended).toMatchObject({code: 2, stderr: expect.stringContaining('has half a character')});
		expect(await textOf(fresh.id)).toBe('A desert');
	});

	it('refuses to replace a text that finished runs used, and lists them', async () => {
		const ended = await shell.cosmos(['edit', used.id, '--text', 'Other']);
		expect(ended.code).toBe(2);
		expect(ended.stderr).toContain(`was used by a finished run: ${run.id}`);
		expect(ended.stderr).toContain('--new');
		expect(await textOf(used.id)).toBe(used.text);
	});

	it('replaces it with --force', async () => {
		await shell.cosmos(['edit', used.id, '--text', 'Other', '--force']);
		expect(await textOf(used.id)).toBe('Other');
	});

	it('creates a new prompt with --new, which refers to the old one', async () => {
		const {stdout} = await shell.cosmos(['edit', used.id, '--text', 'Other', '--new']);
		expect(await shell.store.getPrompt(stdout.trim())).toMatchObject({
			text: 'Other',
			parentId: used.id,
			inputs: used.inputs,
		});
		expect(await shell.store.getPrompt(used.id)).toEqual(used);
	});

	it('changes only the negative text, without asking', async () => {
		await shell.cosmos(['edit', used.id, '--negative', '--text', 'fog']);
		expect(await shell.store.getPrompt(used.id)).toEqual({...used, negative: 'fog'});
	});
});

describe('cosmos rename', () => {
	it('renames the prompt and leaves its runs unchanged', async () => {
		await shell.cosmos(['rename', used.id, 'city rain']);
		expect((await shell.store.getPrompt(used.id))?.name).toBe('city rain');
		expect((await shell.store.getRun(run.id))?.run).toEqual(run);
	});
});
