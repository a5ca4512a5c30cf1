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

/** Selects a prompt of the list by its name. */
async function select(name: string): Promise<void> {
	dashboard.send('1', 'g');
	for (let row = 0; row < 8; row++) {
		const screen = await dashboard.waitFor(/│> /);
		if (new RegExp(`│> ${name} `).test(screen)) {
			return;
		}

		dashboard.send('j');
		await dashboard.waitFor(now => now !== screen);
	}

	expect.fail(`no prompt ${name}:\n${dashboard.screen()}`);
}

/** The field of the mode; where it is edited, signs stand beside its value. */
const modeRow = /2 mode +(?:‹ )?(\w+)/;

/** Changes the mode of the form, which is its second field. */
async function choose(mode: string): Promise<void> {
	while (!/> *2 mode/.test(dashboard.screen())) {
		const before = dashboard.screen();
		dashboard.send(keys.up);
		await dashboard.waitFor(now => now !== before);
	}

	for (;;) {
		const [, shown] = modeRow.exec(dashboard.screen()) ?? [];
		if (shown === mode) {
			return;
		}

		dashboard.send(keys.right);
		await dashboard.waitFor(now => modeRow.exec(now)?.[1] !== shown);
	}
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

const modes: ReadonlyArray<[mode: string, prompt: string, result: string, other: string]> = [
	['text2video', 'text', 'vision.mp4', 'sample_outputs.json'],
	['text2image', 'text', 'vision.jpg', 'sample_outputs.json'],
	['image2video', 'picture', 'vision.mp4', 'sample_outputs.json'],
	['image2image', 'picture', 'vision.jpg', 'sample_outputs.json'],
	['video2video', 'video', 'vision.mp4', 'sample_outputs.json'],
	['transfer', 'controls', 'vision.mp4', 'sample_outputs.json'],
	['reasoner', 'video', 'reasoner_text.txt', 'sample_outputs.json'],
];

it.each(modes)(
	'launches %s from the form and opens its result',
	async (mode, prompt, result, other) => {
		await select(prompt);
		dashboard.send('i');
		await dashboard.waitFor(`Infer: ${prompt}`);
		await choose(mode);
		dashboard.send(keys.enter);
		await dashboard.waitFor(new RegExp(`╭ ${prompt} · cosmos3 ${mode} .*✔ completed`));
		const run = await latestRun();
		expect(run).toMatchObject({status: 'completed', model: 'cosmos3', mode});
		expect(await openBoth(run)).toEqual([result, other]);
	},
);

it('upscales the video of a run from the form and opens its result', async () => {
	dashboard.send('2', 'g');
	const list = await dashboard.waitFor(/│> ✔ video /);
	dashboard.send('j');
	await dashboard.waitFor(now => now !== list && /│> ✔ controls /.test(now));
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
