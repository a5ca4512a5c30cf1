import {chmodSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest';
import {openShell, type Shell} from './in-process.js';

const text = '{"context":"A street at night","fps":24.0}';
const shown = '{\n  "context": "A street at night",\n  "fps": 24.0\n}';

let shell: Shell;
let id: string;
let at: (name: string) => string;
beforeAll(async () => {
	shell = await openShell();
	at = name => path.join(shell.folder, name);
	writeFileSync(at('prompt.json'), `${text}\n`);
	writeFileSync(at('broken.json'), '{"context": ');
	writeFileSync(at('list.json'), '[1]');
});
afterAll(() => shell.close());
beforeEach(async () => {
	id = (await shell.cosmos(['create', 'prompt', `@${at('prompt.json')}`])).stdout.trim();
});

/** An editor that keeps what it was shown, and writes a text of its own. */
function editor(written: string): Record<string, string> {
	const script = at('editor.sh');
	writeFileSync(at('written'), written);
	writeFileSync(
		script,
		`#!/bin/sh\ncp "$1" '${at('shown')}'\necho "$1" >'${at('name')}'\ncp '${at('written')}' "$1"\n`,
	);
	chmodSync(script, 0o700);
	return {EDITOR: script};
}

it('keeps the text of a .json file as it is, names the prompt by its words, shows it indented', async () => {
	const prompt = await shell.store.getPrompt(id);
	expect(prompt).toMatchObject({text, name: 'street-at-night'});
	const {stdout} = await shell.cosmos(['show', id]);
	expect(stdout).toContain(`text      ${shown.replaceAll('\n', `\n${' '.repeat(10)}`)}\n`);
});

it.each([
	['broken.json', 'is not valid JSON'],
	['list.json', 'is JSON, but not an object'],
])('refuses %s', async (name, problem) => {
	const {code, stderr} = await shell.cosmos(['create', 'prompt', `@${at(name)}`]);
	expect(code).toBe(2);
	expect(stderr).toContain(`${at(name)} ${problem}`);
});

it('takes an object as the text of a line of a prompts file', async () => {
	const input = `{"text": ${text}, "name": "lines"}\n`;
	const {code} = await shell.cosmos(['create', 'prompt', '--prompts-file', '-'], {input});
	expect(code).toBe(0);
	const found = (await shell.store.listPrompts()).find(({name}) => name === 'lines');
	expect(JSON.parse(found?.text ?? '')).toEqual(JSON.parse(text));
});

it('is edited indented in a .json file, and unchanged when it is saved as it was shown', async () => {
	const {stderr} = await shell.cosmos(['edit', id], {env: editor(`${shown}\n`)});
	expect(readFileSync(at('shown'), 'utf8')).toBe(`${shown}\n`);
	expect(readFileSync(at('name'), 'utf8').trim()).toMatch(/\.json$/);
	expect(stderr).toContain('nothing was changed');
	expect((await shell.store.getPrompt(id))?.text).toBe(text);
});

it('stays structured when it is edited, and the history keeps what it was', async () => {
	const next = shown.replace('night', 'noon');
	expect((await shell.cosmos(['edit', id], {env: editor(next)})).code).toBe(0);
	const prompt = await shell.store.getPrompt(id);
	expect(prompt).toMatchObject({text: next, history: [{text}]});
});

it('does not take a broken text from the editor, and says where it is kept', async () => {
	const {code, stderr} = await shell.cosmos(['edit', id], {env: editor('{"context": ')});
	expect(code).toBe(2);
	const [, kept = ''] = /kept in (\S+):/.exec(stderr) ?? [];
	expect(readFileSync(kept, 'utf8')).toBe('{"context": \n');
	expect((await shell.store.getPrompt(id))?.text).toBe(text);
});
