import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect} from 'vitest';

export type Call = (
	words: readonly string[],
	env?: Readonly<Record<string, string>>,
) => Promise<{
	code: number;
	stdout: string;
	stderr: string;
}>;

const tiny = path.join(import.meta.dirname, '..', 'chaos', 'tiny.mp4');
const picture = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
	'base64',
);
export const quick = {COSMOS_SIMULATE_STEP: '0', COSMOS_SIMULATE: 'undrawn'};
export const few = ['--resolution', '256', '--steps', '2'];
export const short = [...few, '--frames', '9'];

/** What each mode is asked for, with which prompt, and the result. */
export const modes = [
	['text2video', 'text', short, 'vision.mp4'],
	['text2image', 'text', few, 'vision.jpg'],
	['text2image', 'text', [...few, '--outputs', '2'], '0/vision.jpg'],
	['image2video', 'picture', short, 'vision.mp4'],
	['image2image', 'picture', few, 'vision.jpg'],
	['video2video', 'video', short, 'vision.mp4'],
	['transfer', 'video', few, 'vision.mp4'],
	['transfer', 'controls', few, 'vision.mp4'],
	['transfer', 'picture', few, 'vision.jpg'],
	['reasoner', 'video', [], 'reasoner_text.txt'],
] as const;

export type PromptName = (typeof modes)[number][1];

/** Files for prompts, small ones; the place of each by its name. */
export function makeInputs(folder: string): (name: string) => string {
	const file = (name: string) => path.join(folder, name);
	mkdirSync(folder, {recursive: true});
	writeFileSync(file('still.png'), picture);
	for (const name of ['video.mp4', 'edge.mp4', 'wsm.mp4']) {
		writeFileSync(file(name), readFileSync(tiny));
	}

	return file;
}

/** The prompts that the modes need, made by the command line. */
export async function makePrompts(
	folder: string,
	cosmos: Call,
): Promise<Record<PromptName, string>> {
	const file = makeInputs(folder);
	const create = async (text: string, ...files: string[]) => {
		const made = await cosmos(['create', 'prompt', text, ...files.map(file)]);
		expect(made).toMatchObject({code: 0});
		return made.stdout.trim();
	};

	return {
		text: await create('A street at night'),
		picture: await create('A picture', 'still.png'),
		video: await create('{"subjects": [{"description": "a street"}]}', 'video.mp4'),
		controls: await create('Controls', 'edge.mp4', 'wsm.mp4'),
	};
}

/** Runs a mode, opens its result, and says what it has made. */
export async function runMode(cosmos: Call, id: string, mode: string, words: readonly string[]) {
	const launch = ['inference', id, '--model', 'cosmos3', '--mode', mode, ...words];
	const {code, stderr} = await cosmos(launch, quick);
	expect(stderr).toContain('completed');
	expect(code).toBe(0);
	const run = JSON.parse((await cosmos(['show', 'latest', '--json'])).stdout);
	expect(run).toMatchObject({status: 'completed', model: 'cosmos3', mode});
	const opened = (await cosmos(['open', 'latest', '--print'])).stdout.trim();
	expect(existsSync(opened)).toBe(true);
	return {run, opened};
}
