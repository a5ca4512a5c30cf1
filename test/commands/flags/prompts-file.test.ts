import {cpSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {openShell, type Shell} from '../in-process.js';

const sample = path.join(import.meta.dirname, '..', '..', '..', 'samples', 'city-night');
let shell: Shell;
let videos: string;
let file: string;

beforeEach(async () => {
	shell = await openShell();
	videos = path.join(shell.folder, 'videos');
	file = path.join(shell.folder, 'prompts');
	cpSync(sample, videos, {recursive: true});
});

afterEach(() => shell.close());

const create = (text: string, ...more: string[]) => {
	writeFileSync(file, text);
	return shell.cosmos(['create', 'prompt', '--prompts-file', file, videos, ...more]);
};

it('creates a prompt from each line, in order', async () => {
	const {stdout} = await create(
		'# two\nA street\n\n{"text": "A dune", "name": "dune", "negative": "snow"}\n',
	);
	const ids = stdout.trim().split('\n');
	expect(await Promise.all(ids.map(id => shell.store.getPrompt(id)))).toMatchObject([
		{text: 'A street', name: 'street'},
		{text: 'A dune', name: 'dune', negative: 'snow'},
	]);
});

it.each([
	['JSON that is none', 'A street\n{"text": ', ':2: is not a whole JSON object'],
	['a list', '[{"text": "A"}, {"text": "B"}]', ':1: is a list: here each line has one object'],
	['a list over several lines', '[\n{"text": "A"}\n]', ':1: is not a whole JSON object'],
	['a key that there is not', '{"txt": "x"}', ':1: "txt" is not one of'],
	['a list as a text', '{"text": ["x"]}', ':1: "text" is not one of'],
	['a text with NUL', '{"text": "a\\u0000b"}', ':1: "text" has a NUL character'],
	['a line without a text', '{"name": "x"}', ':1: has no "text"'],
	['a folder that is not there', 'A\n{"text": "B", "videoDir": "/no/such"}', 'no such folder'],
	['nothing', '# none\n', 'has no prompt'],
])('creates no prompt from a file with %s', async (_what, text, message) => {
	const ended = await create(text);
	expect(ended).toMatchObject({code: 2, stdout: '', stderr: expect.stringContaining(message)});
	expect(await shell.store.listPrompts()).toEqual([]);
});

it.each([
	['prompts.csv', 'text,folder\n"A city, at night",shots\n', 'is a table'],
	['prompts.YAML', 'prompt: A city\n', 'is YAML'],
])('creates no prompt from the lines of %s', async (name, text, message) => {
	const table = path.join(path.dirname(file), name);
	writeFileSync(table, text);
	const ended = await shell.cosmos(['create', 'prompt', '--prompts-file', table, videos]);
	expect(ended).toMatchObject({code: 2, stdout: '', stderr: expect.stringContaining(message)});
	expect(await shell.store.listPrompts()).toEqual([]);
});

it('accepts the output of list for inference', async () => {
	await create('A street\nA dune\n');
	const {stdout: input} = await shell.cosmos(['list', 'prompts']);
	const {stdout} = await shell.cosmos(['inference', '--prompts-file', '-', '--dry-run', '--json'], {
		input,
	});
	const texts = JSON.parse(stdout).map(({task}: {task: {promptText: string}}) => task.promptText);
	expect(texts).toEqual(['A dune', 'A street']);
});

it('adds a job to the queue for each prompt of a list, and for each point of a sweep', async () => {
	await create('A street\nA dune\n');
	const {stdout: input} = await shell.cosmos(['list', 'prompts']);
	const words = ['queue', 'add', 'inference', '--prompts-file', '-', '--seed', '1..2', '--json'];
	const {stdout} = await shell.cosmos(words, {input});
	type Added = {parts: [{name: string; request: {settings: {seed: number}}}]};
	const jobs = (JSON.parse(stdout) as Added[]).map(({parts: [part]}) => part);
	expect(jobs.map(({name, request}) => [name, request.settings.seed])).toEqual([
		...[
			['dune', 1],
			['dune', 2],
		],
		...[
			['street', 1],
			['street', 2],
		],
	]);
});

it('adds no job without a prompt', async () => {
	expect(await shell.cosmos(['queue', 'add', 'inference'])).toMatchObject({
		code: 2,
		stderr: expect.stringContaining('needs: ID…, or --prompts-file'),
	});
});
