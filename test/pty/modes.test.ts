import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, expect, it, vi} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {bound} from '../bound.js';
import {makePrompts} from '../end-to-end/cosmos3-modes.js';
import {type Opened, ready, startDashboard} from './dashboard.js';
import {keys} from './terminal.js';

/** A recipe whose result is a text, and one file beside it. */
const recipe = `[recipes.count]
command = ["sh", "-c", "echo counted; wc -c < {input.color} > {outputs}/count.txt; echo '{}' > {outputs}/count.json"]
inputs = ["color"]
outputs = ["*.txt"]
`;

let folder: string;
let opened: string;
let dashboard: Opened;

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-modes-'));
	opened = path.join(folder, 'opened');
	writeFileSync(opened, '');
	writeFileSync(path.join(folder, 'open.sh'), `echo "$1" >> '${opened}'\n`);
	mkdirSync(path.join(folder, 'config', 'cosmos'), {recursive: true});
	writeFileSync(path.join(folder, 'config', 'cosmos', 'config.toml'), recipe);
	await start();
	const ids = await makePrompts(path.join(folder, 'inputs'), async words => {
		const {code, stdout, stderr} = await dashboard.cosmos(...words);
		return {code: code ?? -1, stdout, stderr};
	});
	for (const [name, id] of Object.entries(ids)) {
		await dashboard.cosmos('rename', id, name);
	}

	await dashboard.close();
});

beforeEach(start);
afterEach(() => dashboard.close());
afterAll(async () => {
	await dashboard.cosmos('kill-all', '--yes');
	await rm(folder, {recursive: true, force: true, maxRetries: 5});
});

async function start() {
	const env = {COSMOS_OPEN: `sh ${path.join(folder, 'open.sh')}`};
	dashboard = await startDashboard({folder, step: 0, env});
	await dashboard.waitFor(ready);
}

const openedFiles = () => readFileSync(opened, 'utf8').split('\n').filter(Boolean);

/** What the opener was given as the next one. */
async function nextOpened(before: number): Promise<string> {
	await vi.waitFor(() => expect(openedFiles().length).toBeGreaterThan(before), {
		timeout: bound / 2,
		interval: 20,
	});
	return openedFiles().at(-1) as string;
}

async function latestRun(): Promise<Run> {
	const {stdout} = await dashboard.cosmos('show', 'latest', '--json');
	return JSON.parse(stdout) as Run;
}

/** The prompts of the list, from its first row. */
const prompts = ['controls', 'video', 'picture', 'text'] as const;

/** Selects a prompt of the list by its name, a row at a time. */
async function select(name: (typeof prompts)[number]): Promise<void> {
	dashboard.send('1', 'g');
	await dashboard.waitFor(`│> ${prompts[0]} `);
	for (const next of prompts.slice(1, prompts.indexOf(name) + 1)) {
		dashboard.send('j');
		await dashboard.waitFor(`│> ${next} `);
	}
}

/** The number of the form's field that is edited. */
const fieldRow = /│> +(\d) \w/;
/** The field of the mode; where it is edited, signs stand beside its value. */
const modeRow = /2 mode +(?:‹ )?(\w+)/;

/** Changes the mode of the form. */
async function choose(mode: string): Promise<void> {
	const [, first = ''] = fieldRow.exec(await dashboard.waitFor(fieldRow)) ?? [];
	for (let field = Number(first) - 1; field >= 2; field--) {
		dashboard.send(keys.up);
		await dashboard.waitFor(screen => fieldRow.exec(screen)?.[1] === String(field));
	}

	for (;;) {
		const [, shown] = modeRow.exec(dashboard.screen()) ?? [];
		if (shown === mode) {
			return;
		}

		dashboard.send(keys.right);
		await dashboard.waitFor(screen => modeRow.exec(screen)?.[1] !== shown);
	}
}

/** Launches a mode from the form; resolves with its run when that is shown as completed. */
async function launchMode(prompt: (typeof prompts)[number], mode: string): Promise<Run> {
	await select(prompt);
	dashboard.send('i');
	await dashboard.waitFor(`Infer: ${prompt}`);
	await choose(mode);
	dashboard.send(keys.enter);
	await dashboard.waitFor(new RegExp(`╭ ${prompt} · cosmos3 ${mode} .*✔ completed`));
	return latestRun();
}

/** Opens the result of the selected run, then its last other file; gives their names. */
async function openBoth(run: Run): Promise<string[]> {
	const outputs = path.join(folder, 'data', 'runs', run.id, 'outputs');
	const before = openedFiles().length;
	dashboard.send('O');
	const first = await nextOpened(before);
	dashboard.send('\u000f');
	await dashboard.waitFor('Open an output');
	dashboard.send(keys.pageDown, keys.enter);
	const second = await nextOpened(before + 1);
	dashboard.send(keys.escape);
	await dashboard.waitFor(screen => !screen.includes('Open an output'));
	for (const file of [first, second]) {
		expect(existsSync(file)).toBe(true);
	}

	return [first, second].map(file => path.relative(outputs, file));
}

const modes = [
	['text2video', 'text', 'vision.mp4'],
	['text2image', 'text', 'vision.jpg'],
	['image2video', 'picture', 'vision.mp4'],
	['image2image', 'picture', 'vision.jpg'],
	['video2video', 'video', 'vision.mp4'],
	['transfer', 'controls', 'vision.mp4'],
	['reasoner', 'video', 'reasoner_text.txt'],
] as const;

it.each(modes)('launches %s from the form and opens its result', async (mode, prompt, result) => {
	const run = await launchMode(prompt, mode);
	expect(run).toMatchObject({status: 'completed', model: 'cosmos3', mode});
	expect(await openBoth(run)).toEqual([result, 'sample_outputs.json']);
});

it('upscales the video of a run from the form and opens its result', async () => {
	await launchMode('controls', 'transfer');
	dashboard.send('u');
	await dashboard.waitFor('Upscale: controls');
	dashboard.send(keys.enter);
	await dashboard.waitFor(/╭ controls · .*upscale .*✔ completed/);
	const run = await latestRun();
	expect(run).toMatchObject({status: 'completed', operation: 'upscale'});
	expect(await openBoth(run)).toEqual(['output_4k.mp4', 'output_4k.txt']);
});

it('runs a recipe from the form and opens its result', async () => {
	await select('video');
	dashboard.send('c');
	await dashboard.waitFor('Recipe: video');
	dashboard.send(keys.enter);
	await dashboard.waitFor(/╭ video · .*count .*✔ completed/);
	const run = await latestRun();
	expect(run).toMatchObject({status: 'completed', operation: 'recipe'});
	expect(await openBoth(run)).toEqual(['count.txt', 'count.json']);
});

it('enhances a text from the form and shows the new prompt', async () => {
	await select('text');
	dashboard.send('e');
	await dashboard.waitFor('Enhance: text');
	dashboard.send(keys.enter);
	await dashboard.waitFor(/enhanced in \d+:\d\d: new prompt ps_\w{12}/);
	dashboard.send('2', ']', ']');
	await dashboard.waitFor(/new prompt ps_\w{12} +text-enhanced/);
});
