import {execFileSync} from 'node:child_process';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {verbs} from '../../source/commands/verbs.js';
import type {Prompt, Run} from '../../source/domain/types.js';
import {program} from '../cosmos.js';
import {available} from '../lab/available.js';
import {keys, openTerminal} from '../pty/terminal.js';
import {addFinished, openShell, type Shell} from './in-process.js';

let shell: Shell;
let prompt: Prompt;
let run: Run;
let bin: string;

beforeAll(async () => {
	shell = await openShell();
	({prompt, run} = await addFinished(shell.store));
	await shell.cosmos(['presets', 'save', 'draft', '--steps', '9']);
	bin = path.join(shell.folder, 'bin');
	mkdirSync(bin);
	symlinkSync(process.execPath, path.join(bin, 'node'));
	writeFileSync(path.join(bin, 'cosmos'), `#!/bin/sh\nexec node ${program} "$@"\n`, {mode: 0o755});
});

afterAll(() => shell.close());

/** What is offered after these words, asked as the shells' scripts ask. */
async function after(verb: string, ...words: string[]): Promise<string[]> {
	const {stdout} = await shell.cosmos(['completion', 'words', verb, ...words], {
		env: {COSMOS_DATA: shell.data},
		bare: true,
	});
	return answerOf(stdout);
}

function answerOf(stdout: string): string[] {
	return stdout
		.split('\n')
		.slice(1, -1)
		.map(line => line.split('\t')[0] as string);
}

describe('completion of a recipe', () => {
	const recipe = `[recipes.depth]
command = ["true"]
outputs = ["*.mp4"]

[recipes.depth.settings.encoder]
kind = "choice"
choices = ["vits", "vitl"]
default = "vits"

[recipes.other]
command = ["true"]
outputs = ["*"]

[recipes.other.settings]
encore = {kind = "switch", default = true}
`;
	let file: string;
	beforeAll(() => {
		file = path.join(shell.folder, 'recipes.toml');
		writeFileSync(file, recipe);
	});

	it.each([
		['flags of its settings', ['recipe', 'depth', '--enc'], ['--encoder']],
		['the choices of one', ['recipe', 'depth', '--encoder', ''], ['vits', 'vitl']],
		['flags of its own alone', ['recipe', 'other', '--enc'], ['--encore']],
		['flags in the queue', ['queue', 'add', 'recipe', 'depth', '--enc'], ['--encoder']],
		['flags of all for a rerun', ['rerun', '--enc'], ['--encoder', '--encore']],
		['nothing without its name', ['recipe', '--enc'], []],
	])('offers %s', async (_, words, expected) => {
		const {stdout} = await shell.cosmos(['completion', 'words', ...words], {
			env: {COSMOS_DATA: shell.data, COSMOS_CONFIG: file},
			bare: true,
		});
		expect(answerOf(stdout)).toEqual(expected);
	});

	it('offers prompts after a flag of its own', async () => {
		const words = ['recipe', 'depth', '--encoder', 'vits', 'ps_'];
		const {stdout} = await shell.cosmos(['completion', 'words', ...words], {
			env: {COSMOS_DATA: shell.data, COSMOS_CONFIG: file},
			bare: true,
		});
		expect(answerOf(stdout)).toEqual([prompt.id]);
	});
});

describe('completion offers', () => {
	it('every verb for the first word', async () => {
		const {stdout} = await shell.cosmos(['completion', 'words', ''], {bare: true});
		expect(answerOf(stdout)).toEqual([...verbs.map(({name}) => name), 'help']);
	});

	it.each([
		['ids of runs', ['logs', 'run_'], () => [run.id]],
		['ids of prompts', ['inference', 'ps_'], () => [prompt.id]],
		['names of prompts', ['inference', 'city'], () => [prompt.name]],
		['ids of both, and names', ['show', ''], () => ['latest', run.id, prompt.id, prompt.name]],
		['flags that begin so', ['inference', '--st'], () => ['--stream', '--steps']],
		['hosts', ['inference', 'x', '--host', ''], () => ['demo']],
		['hosts after an equals sign', ['inference', '--host', '=', 'de'], () => ['demo']],
		['presets', ['inference', '--preset', ''], () => ['draft']],
		[
			'fields of a filter',
			['list', 'runs', '--where', 'done sta'],
			() => ['done stars:', 'done status:'],
		],
		['values of a field', ['search', 'status:fa'], () => ['status:failed']],
		['fields of a filter in a quote', ['list', 'prompts', '--where', "'par"], () => ['parent:']],
		['words of a list', ['list', 'p'], () => ['prompts']],
		[
			'priorities',
			['queue', 'add', 'inference', 'x', '--priority', ''],
			() => ['high', 'normal', 'low'],
		],
		['modes', ['inference', 'x', '--mode', 'image2'], () => ['image2video', 'image2image']],
		[
			'checkpoints',
			['inference', 'x', '--checkpoint', 'Cosmos3-S'],
			() => [
				'Cosmos3-Super',
				'Cosmos3-Super-Image2Video',
				'Cosmos3-Super-Image2Video-4Step',
				'Cosmos3-Super-Text2Image',
				'Cosmos3-Super-Text2Image-4Step',
			],
		],
		['roles of inputs', ['create', 'prompt', 'x', 'ws'], () => ['wsm=']],
		['nothing where it cannot know', ['rename', 'x', ''], () => []],
		['nothing after an unknown verb', ['lst', ''], () => []],
	])('%s', async (_what, words, wanted) => {
		const [verb = '', ...rest] = words;
		expect(await after(verb, ...rest)).toEqual(wanted());
	});

	it.each([
		['folders', ['prepare', ''], 'folder'],
		['files and folders', ['create', 'prompt', 'x', ''], 'file'],
		['files', ['list', '--config', ''], 'file'],
	])('%s, which the shell completes itself', async (_what, words, kind) => {
		expect(
			(await shell.cosmos(['completion', 'words', ...words], {bare: true})).stdout.split('\n')[0],
		).toBe(kind);
	});
});

describe('in bash', () => {
	/** What bash has for its COMPREPLY after the script was sourced and these words were typed. */
	function inBash(...words: string[]): string[] {
		const script = `source <(cosmos completion bash)
COMP_WORDS=(cosmos "$@")
COMP_CWORD=$#
_cosmos
printf '%s\\n' "\${COMPREPLY[@]}"`;
		return execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], {
			encoding: 'utf8',
			env: {PATH: `${bin}:${process.env.PATH}`, HOME: shell.folder, COSMOS_DATA: shell.data},
		})
			.split('\n')
			.filter(Boolean);
	}

	it('is registered for the command', () => {
		const registered = execFileSync(
			'bash',
			['--norc', '-c', 'source <(cosmos completion bash); complete -p cosmos'],
			{
				encoding: 'utf8',
				env: {PATH: `${bin}:${process.env.PATH}`, HOME: shell.folder},
			},
		);
		expect(registered).toBe('complete -F _cosmos cosmos\n');
	});

	it('completes a verb', () => {
		expect(inBash('inf')).toEqual(['inference']);
	});

	it('completes an id of the store', () => {
		expect(inBash('show', run.id.slice(0, 9))).toEqual([run.id]);
	});

	it('completes a flag', () => {
		expect(inBash('wait', '--js')).toEqual(['--json']);
	});
});

describe.skipIf(!available('shells'))('in fish', () => {
	/** What fish offers for a line after the script was sourced. */
	function inFish(line: string): string[] {
		const script = 'cosmos completion fish | source; complete -C $argv[1]';
		return execFileSync('fish', ['--no-config', '-c', script, line], {
			encoding: 'utf8',
			env: {PATH: `${bin}:${process.env.PATH}`, HOME: shell.folder, COSMOS_DATA: shell.data},
		})
			.split('\n')
			.filter(Boolean)
			.map(offer => offer.split('\t')[0] as string);
	}

	it.each([
		['a verb', 'cosmos inf', () => ['inference']],
		['an id of the store', `cosmos show run_`, () => [run.id]],
		['a flag', 'cosmos wait --js', () => ['--json']],
	])('completes %s', (_what, line, wanted) => {
		expect(inFish(line)).toEqual(wanted());
	});
});

describe.skipIf(!available('shells'))('in zsh', () => {
	it('completes a verb and an id of the store with the tab key', async () => {
		const zsh = openTerminal({
			command: ['zsh', '-f', '-i'],
			columns: 100,
			rows: 10,
			cwd: shell.folder,
			env: {
				PATH: `${bin}:${process.env.PATH}`,
				HOME: shell.folder,
				COSMOS_DATA: shell.data,
				PS1: 'ready> ',
			},
		});
		onTestFinished(zsh.close);
		await zsh.waitFor('ready>');
		zsh.send(
			'autoload -U compinit; compinit -D; source <(cosmos completion zsh); clear',
			keys.enter,
		);
		await zsh.waitFor(/^ready> *$/m);
		zsh.send('cosmos inf', keys.tab);
		await zsh.waitFor(/cosmos inference$/m);
		zsh.send('\u0015', `cosmos show ${run.id.slice(0, 6)}`, keys.tab);
		await zsh.waitFor(`cosmos show ${run.id}`);
	});
});

it.each(['bash', 'zsh', 'fish'])('prints a script for %s that asks the program', async name => {
	const {stdout, code} = await shell.cosmos(['completion', name]);
	expect(code).toBe(0);
	expect(stdout).toContain('completion words');
});
