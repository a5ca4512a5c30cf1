import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Prompt, Run} from '../../source/domain/types.js';
import {samplePrompt} from '../store/samples.js';
import {addFinished, openShell, type Shell} from './in-process.js';

let shell: Shell;
let prompt: Prompt;
let run: Run;

beforeAll(async () => {
	shell = await openShell();
	({prompt, run} = await addFinished(shell.store));
	await shell.store.updatePrompt(prompt.id, one => ({...one, name: 'City night'}));
});

afterAll(() => shell.close());

describe("a prompt's name", () => {
	it.each<[string, string[]]>([
		['show', ['show', 'City night']],
		['show, in other letters', ['show', 'city NIGHT']],
		['list', ['list', 'runs', '--prompt', 'City night']],
		['tag', ['tag', 'City night', 'rain']],
		['rate', ['rate', 'City night', '3']],
		['note', ['note', 'City night', 'dark']],
		['edit', ['edit', 'City night', '--text', 'A new one', '--force']],
		['export', ['export', '%out', 'City night']],
		['delete', ['delete', 'prompt', 'City night', '--dry-run', '--with-runs']],
	])('stands for its id in %s', async (_what, words) => {
		const answer = await shell.cosmos(
			words.map(word => word.replace('%out', `${shell.folder}/out.tar`)),
		);
		expect(answer).toMatchObject({code: 0});
	});

	it('is told apart from other names', async () => {
		expect(await shell.cosmos(['show', 'City nigth'])).toMatchObject({
			code: 2,
			stderr: expect.stringMatching(/no \w+ "City nigth"/),
		});
		expect(await shell.cosmos(['edit', 'City nigth', '--text', 'x'])).toMatchObject({
			stderr: expect.stringContaining('Did you mean City night?'),
		});
	});

	it('that several prompts have is refused, with their ids; letter case decides', async () => {
		const other = await shell.store.addPrompt(id => ({...samplePrompt(id), name: 'City night'}));
		const lower = await shell.store.addPrompt(id => ({...samplePrompt(id), name: 'city night'}));
		for (const words of [
			['show', 'City night'],
			['rename', 'City night', 'x'],
			['list', 'runs', '--prompt', 'City night'],
			['export', `${shell.folder}/two.tar`, 'City night'],
		]) {
			const {code, stderr} = await shell.cosmos(words);
			expect(code).toBe(2);
			expect(stderr).toContain('2 prompts are called "City night"');
			expect(stderr).toContain(prompt.id);
			expect(stderr).toContain(other.id);
		}

		const {stdout} = await shell.cosmos(['show', 'city night', '--json']);
		expect(stdout).toContain(lower.id);
		await shell.cosmos(['delete', 'prompt', other.id, '--yes']);
		expect((await shell.cosmos(['restore', 'City night'])).code).toBe(0);
		expect(await shell.store.getPrompt(other.id)).toMatchObject({name: 'City night'});
	});

	it('that is the beginning of the id of another is refused', async () => {
		const named = await shell.store.addPrompt(id => ({
			...samplePrompt(id),
			name: prompt.id.slice(3, 15),
		}));
		const {code, stderr} = await shell.cosmos(['rename', named.name, 'x']);
		expect(code).toBe(2);
		expect(stderr).toContain(`"${named.name}" is the name of ${named.id} and the beginning of`);
		expect(run.promptId).toBe(prompt.id);
	});
});
