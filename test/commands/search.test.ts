import {afterAll, beforeAll, expect, it} from 'vitest';
import type {Prompt, Run} from '../../source/domain/types.js';
import {samplePrompt} from '../store/samples.js';
import {addFinished, openShell, type Shell} from './in-process.js';

let shell: Shell;
let prompt: Prompt;
let run: Run;
let other: Prompt;

beforeAll(async () => {
	shell = await openShell();
	({prompt, run} = await addFinished(shell.store));
	other = await shell.store.addPrompt(id => ({
		...samplePrompt(id, 'A desert at dusk'),
		name: 'desert',
		negative: 'snow',
		history: [{text: 'An old jetty', replacedAt: prompt.createdAt}],
	}));
	await shell.cosmos(['tag', run.id, 'keeper']);
	await shell.cosmos(['note', other.id, 'for the trailer']);
});

afterAll(() => shell.close());

const found = async (...words: string[]) =>
	(await shell.cosmos(['search', ...words])).stdout
		.split('\n')
		.filter(Boolean)
		.map(line => line.split('\t')[0]);

it.each([
	['the text', ['STREET']],
	['several words, in any order', ['night', 'city']],
])('finds prompts before runs by %s', async (_what, words) => {
	expect(await found(...words)).toEqual([prompt.id, run.id]);
});

it.each([
	['the negative text', 'snow'],
	['a note', 'trailer'],
	['a text that was replaced', 'jetty'],
	['the name', 'desert'],
])('finds a prompt by %s', async (_what, word) => {
	expect(await found(word)).toEqual([other.id]);
});

it('finds a run by a tag', async () => {
	expect(await found('keeper')).toEqual([run.id]);
});

it('excludes results with an excluded word', async () => {
	expect(await found('a', '!desert', '!completed', '!keeper')).toEqual([prompt.id]);
});

it('exits with 1 if nothing matches all words', async () => {
	expect(await shell.cosmos(['search', 'night', 'desert'])).toEqual({
		code: 1,
		stdout: '',
		stderr: 'no matches\n',
	});
});

it('shows where the match is, in JSON too', async () => {
	const {stdout} = await shell.cosmos(['search', 'jetty', '--json']);
	expect(JSON.parse(stdout)).toMatchObject([
		{
			schema: 'cosmos.search-hit.1',
			kind: 'prompt',
			match: {field: 'past text', excerpt: 'An old jetty'},
			prompt: {id: other.id},
		},
	]);
});
