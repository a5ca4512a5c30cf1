/** What others may have written reaches no terminal as they wrote it, through a pipe neither. */
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {addFinished, openShell, type Shell} from './in-process.js';

/** Sets the clipboard and the title, clears the screen, hides, turns text round; with C1 controls too. */
const hostile =
	'\u001b]52;c;Y2F0\u0007\u001b]0;title\u0007\u001b[2J\u009b2J\u009d0;t\u009c\u202eabc\u2066\u200b\ufeff\u{e0041}\u0000\u007f\r';
const hidden =
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

let shell: Shell;
let promptId: string;
let runId: string;

beforeAll(async () => {
	shell = await openShell();
	const {prompt, run} = await addFinished(shell.store);
	promptId = prompt.id;
	runId = run.id;
	const notes = {note: hostile, tags: [hostile]};
	await shell.store.updatePrompt(promptId, found => ({
		...found,
		...notes,
		name: `n${hostile}`,
		text: `t${hostile}\nsecond line\tafter a tab`,
		negative: hostile,
		inputs: found.inputs.map(input => ({...input, path: `/${hostile}.mp4`})),
	}));
	await shell.store.updateRun(runId, found => ({
		...found,
		...notes,
		promptName: `n${hostile}`,
		host: `h${hostile}`,
		lane: hostile,
		outputs: [{name: '\u202e\u009b2J\u200boutput.mp4', size: 1, sha256: 'a'.repeat(64)}],
	}));
	mkdirSync(path.join(shell.folder, 'etc', 'cosmos'), {recursive: true});
	writeFileSync(
		path.join(shell.folder, 'etc', 'cosmos', 'config.toml'),
		`[recipes.theirs]\ncommand = ["sh", ${JSON.stringify(hostile.replaceAll(/[\0\u007f]/g, ''))}]\noutputs = ["*"]\nimage = "i\u202e"\n`,
	);
});

afterAll(() => shell.close());

const calls: ReadonlyArray<readonly [string, () => string[]]> = [
	['show of a prompt', () => ['show', promptId]],
	['show of a run', () => ['show', runId]],
	['open --print', () => ['open', runId, '--print']],
	['note', () => ['note', promptId]],
	['tag', () => ['tag', promptId]],
	['list prompts', () => ['list', 'prompts']],
	['list runs', () => ['list', 'runs']],
	['list recipes', () => ['list', 'recipes']],
	['search', () => ['search', 'second']],
	['config', () => ['config']],
	['stats', () => ['stats']],
	['delete --dry-run', () => ['delete', promptId, '--dry-run']],
	['rerun --dry-run', () => ['rerun', runId, '--dry-run', '--host', 'demo']],
	['an error', () => ['show', hostile]],
	['an error with its stack', () => ['show', hostile, '--debug']],
	['an error about a host', () => ['rerun', runId]],
	['completion', () => ['completion', 'words', 'show', '']],
];

describe.each([
	['in a pipe', undefined],
	['on a terminal', 100],
])('%s', (_where, columns) => {
	it.each(calls)('%s prints nothing that a terminal interprets or hides', async (_name, words) => {
		const {stdout, stderr} = await shell.cosmos(words(), {columns});
		expect(stdout + stderr).not.toBe('');
		expect(stdout + stderr).not.toMatch(hidden);
	});

	it.each([
		['show', () => [promptId]],
		['show', () => [runId]],
		['list', () => ['runs']],
		['list', () => ['recipes']],
		['search', () => ['second']],
		['config', () => []],
	])('%s --json escapes it without loss', async (verb, words) => {
		const {stdout} = await shell.cosmos([verb, ...words(), '--json'], {columns});
		expect(stdout).not.toMatch(hidden);
		expect(JSON.stringify(JSON.parse(stdout))).toContain('\u202e');
	});
});

it('keeps tabs and line breaks of a text', async () => {
	const {stdout} = await shell.cosmos(['show', promptId]);
	expect(stdout).toContain('\nsecond line\tafter a tab\n');
});

it('shows hidden characters in a command before it is trusted', async () => {
	const {stdout} = await shell.cosmos(['list', 'recipes']);
	expect(stdout).toContain("$'\\u001b]52;c;Y2F0\\u0007");
	expect(stdout).toContain('\\u202eabc\\u2066');
});
