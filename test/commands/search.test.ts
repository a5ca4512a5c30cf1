import {afterAll, beforeAll, describe, expect, it} from 'vitest';
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

it.each<[string, string[], () => string[]]>([
	['a field that runs alone have', ['status:completed'], () => [run.id]],
	['a field that prompts alone have', ['runs:1'], () => [prompt.id]],
	['a field that both have, and a word', ['name:city', 'street'], () => [prompt.id, run.id]],
	['one or the other', ['jetty', 'OR', 'tag:keeper'], () => [other.id, run.id]],
])('finds by %s', async (_what, words, wanted) => {
	expect(await found(...words)).toEqual(wanted());
});

it('refuses a wrong filter and names the place', async () => {
	expect(await shell.cosmos(['search', 'night', 'hots:x'])).toMatchObject({
		code: 2,
		stdout: '',
		stderr: expect.stringMatching(
			/the filter is wrong at character 7: there is no field "hots" here\n.*Did you mean host\?/,
		),
	});
});

describe('list --where', () => {
	const listed = async (what: string, where: string, ...more: string[]) => {
		const {stdout} = await shell.cosmos(['list', what, '--where', where, '--json', ...more]);
		return (JSON.parse(stdout) as Array<{id: string}>).map(({id}) => id);
	};

	it('lists the runs that match, as many as the limit says', async () => {
		expect(await listed('runs', 'done steps>1 tag:keeper')).toEqual([run.id]);
		expect(await listed('runs', 'failed')).toEqual([]);
		expect(await listed('runs', 'done', '--status', 'failed')).toEqual([]);
	});

	it('lists the prompts that match, by the number of their runs too', async () => {
		expect(await listed('prompts', 'runs>0')).toEqual([prompt.id]);
		expect(await listed('prompts', 'runs:0')).toEqual([other.id]);
		expect(await listed('prompts', '!jetty', '--limit', '1')).toEqual([prompt.id]);
	});

	it('refuses a wrong filter, and one where nothing is filtered', async () => {
		expect(await shell.cosmos(['list', 'runs', '--where', 'steps<many'])).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('at character 7: "many" is not a number'),
		});
		expect(await shell.cosmos(['list', 'trash', '--where', 'x'])).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('--where does not filter trash'),
		});
	});
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
