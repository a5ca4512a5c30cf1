import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {defaultsOf} from '../../../source/domain/settings/settings-tables.js';

import type {Prompt, Run, TaskOf} from '../../../source/domain/types.js';
import {openStore, type Store} from '../../../source/store/store.js';
import {checkReplacing, saveEnhancement} from '../../../source/workflow/launch/enhancement.js';
import {noon, samplePrompt, sampleRun} from '../../store/samples.js';

let folder: string;
let store: Store;
let prompt: Prompt;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-enhancement-'));
	store = await openStore({folder});
	prompt = await store.addPrompt(id => samplePrompt(id));
});

afterEach(async () => {
	store.close();
	await rm(folder, {recursive: true});
});

/** An enhancement whose outputs are local, with this answer. */
async function collected(text: string, createNew: boolean): Promise<Run & TaskOf<'enhance'>> {
	const run = await store.addRun(id => ({
		...sampleRun(id, {promptId: prompt.id}),
		operation: 'enhance',
		promptId: prompt.id,
		settings: {...defaultsOf('enhance'), createNew},
		status: 'downloading',
		exitCode: 0,
	}));
	const outputs = path.join(store.runFolder(run.id), 'outputs');
	await mkdir(outputs, {recursive: true});
	const results = [{id: prompt.id, text}];
	await writeFile(path.join(outputs, 'enhanced.json'), JSON.stringify({results}));
	return run as Run & TaskOf<'enhance'>;
}

const take = (run: Run & TaskOf<'enhance'>) => saveEnhancement(store, run, () => noon);

describe('an enhanced text', () => {
	it('becomes a new prompt that refers to its source', async () => {
		const run = await collected('A street, in rain', true);
		expect(await store.listPrompts()).toEqual([prompt]);
		const taken = await take(run);
		const [newest] = await store.listPrompts();
		expect(taken).toEqual({record: {resultPromptId: newest?.id}});
		expect(newest).toEqual({
			...prompt,
			id: newest?.id,
			name: 'city-street-at-night-enhanced',
			text: 'A street, in rain',
			parentId: prompt.id,
			enhancedBy: run.id,
		});
	});

	it('becomes one prompt, however often the same run is resumed', async () => {
		const run = await collected('A street, in rain', true);
		const first = await take(run);
		expect(await Promise.all([take(run), take(run)])).toEqual([first, first]);
		expect(await store.listPrompts()).toHaveLength(2);
	});

	it('becomes one prompt per run', async () => {
		await take(await collected('one', true));
		await take(await collected('two', true));
		const texts = (await store.listPrompts()).map(({text}) => text);
		expect(texts).toEqual(['two', 'one', prompt.text]);
	});

	it('gets a name within the length limit', async () => {
		await store.updatePrompt(prompt.id, stored => ({...stored, name: 'n'.repeat(60)}));
		await take(await collected('new', true));
		const [newest] = await store.listPrompts();
		expect(newest?.name).toMatch(/^n{51}-enhanced$/);
	});

	it('replaces the text once and keeps each previous one in the history', async () => {
		const first = await collected('one', false);
		expect(await take(first)).toEqual({record: {resultPromptId: prompt.id}});
		const second = await collected('two', false);
		await take(second);
		await take(first);
		await take(second);
		expect(await store.listPrompts()).toEqual([
			{
				...prompt,
				text: 'two',
				history: [
					{text: prompt.text, replacedAt: noon, by: first.id},
					{text: 'one', replacedAt: noon, by: second.id},
				],
			},
		]);
	});

	it.each(['', samplePrompt('').text])('changes nothing when it is "%s"', async text => {
		for (const createNew of [true, false]) {
			const taken = await take(await collected(text, createNew));
			expect(taken).toMatchObject({failure: {reason: 'no-output'}});
		}

		expect(await store.listPrompts()).toEqual([prompt]);
	});
});

describe('replacing a text', () => {
	const completed = async (text = prompt.text) =>
		store.addRun(id => ({
			...sampleRun(id, {promptId: prompt.id}),
			promptText: text,
			status: 'completed',
			exitCode: 0,
			outputs: [],
		}));

	it('is allowed if no finished run used it', async () => {
		await completed('an older text');
		await store.addRun(id => sampleRun(id, {promptId: prompt.id}));
		await expect(checkReplacing(store, prompt)).resolves.toBeUndefined();
	});

	it('is rejected with the runs that used it', async () => {
		const [first, second] = [await completed(), await completed()];
		await expect(checkReplacing(store, prompt)).rejects.toMatchObject({
			kind: 'usage',
			message: `the text of ${prompt.name} was used by 2 finished runs: ${second?.id}, ${first?.id}`,
			hint: expect.stringContaining('--force'),
		});
	});
});
