import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {tinyVideo} from '../simulator/bench.js';
import {openShell, type Shell} from './in-process.js';

/** One pixel. */
const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
	'base64',
);

let shell: Shell;
let at: (name: string) => string;
beforeAll(async () => {
	shell = await openShell();
	at = name => path.join(shell.folder, name);
	const video = await tinyVideo(64, 48, 4);
	mkdirSync(at('pictures'));
	for (const [name, data] of [
		['street.mp4', video],
		['lines.mp4', video],
		['pictures/still.png', png],
	] as const) {
		writeFileSync(at(name), data);
	}
});
afterAll(() => shell.close());

async function create(...words: string[]) {
	const call = ['create', 'prompt', 'Snow falls on a street', ...words];
	const answer = await shell.cosmos([...call, '--json']);
	expect(answer).toMatchObject({code: 0});
	return JSON.parse(answer.stdout);
}

it('creates a prompt of a text alone', async () => {
	expect(await create()).toMatchObject({name: 'snow-falls-on-a', videoDir: '', inputs: []});
});

it('creates a prompt of a video and a control, each a file', async () => {
	expect(await create(at('street.mp4'), `edge=${at('lines.mp4')}`)).toMatchObject({
		videoDir: '',
		inputs: [
			{role: 'color', path: at('street.mp4'), width: 64, height: 48, frames: 4, fps: 24},
			{role: 'edge', path: at('lines.mp4')},
		],
	});
});

it('creates a prompt of a folder with an image', async () => {
	const prompt = await create(at('pictures'));
	expect(prompt).toMatchObject({
		videoDir: at('pictures'),
		inputs: [{role: 'image', kind: 'image', width: 1, height: 1}],
	});
	expect((await shell.cosmos(['show', prompt.id])).stdout).toMatch(/image +1×1 {2}image {2}/);
});

it.each([
	['a text alone', [], 'Create the prompt again with color=FILE.'],
	['an image', ['pictures'], 'Put the file into '],
])('refuses to launch %s with a model that needs a video', async (_name, media, hint) => {
	const {id} = await create(...media.map(at));
	for (const words of [['inference'], ['prompt-enhance']]) {
		const {code, stderr} = await shell.cosmos([
			...words,
			'--model',
			'transfer1',
			id,
			'--dry-run',
			'--json',
		]);
		expect(code).toBe(2);
		expect(JSON.parse(stderr)).toMatchObject({
			code: 'bad-input',
			message: expect.stringMatching(/ needs color, and snow-falls-on-a has none$/),
			hint: expect.stringContaining(hint),
		});
	}
});

it.each([
	['color', 'pictures/still.png', 'color has to be a video', 'image'],
	['image', 'street.mp4', 'image has to be a picture', 'color'],
])('refuses a %s of another kind and names its role', async (role, file, problem, other) => {
	const call = ['create', 'prompt', 'Snow', `${role}=${at(file)}`];
	expect(await shell.cosmos(call)).toMatchObject({
		code: 2,
		stdout: '',
		stderr: expect.stringMatching(`${problem}: .*\n  .* ${other}=${at(file)}`),
	});
});
