import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it} from 'vitest';
import type {Run, ShownRun} from '../../../source/domain/types.js';
import {outputLines} from '../../../source/screens/outputs/outputs-tab.js';
import {videosOf} from '../../../source/screens/pictures/shown-videos.js';
import {textOf} from '../../../source/state/content/line.js';
import {canUpscale} from '../../../source/state/selectors.js';
import {readOutputText} from '../../../source/workflow/runs/output-text.js';
import {apply, commanded, filled, noon, runBase} from '../../dashboard/examples.js';

/** A run of a recipe whose result is whatever it makes. */
function made(...names: string[]): ShownRun {
	const recipe = {name: 'any', command: ['any'], inputs: [], outputs: ['**'], timeLimit: 60};
	const run = {
		...{...runBase(1), operation: 'recipe', model: 'any', recipe},
		...{settings: {seed: 1, timeLimit: 60}, status: 'completed', exitCode: 0},
		outputs: names.map(name => ({name, size: 5, sha256: 'ab'.repeat(32)})),
	} as unknown as Run;
	return {run, shown: 'completed'};
}

const linesOf = (shown: ShownRun, state = filled()) =>
	outputLines(state, shown, 80, 40).map(textOf).join('\n');

it('shows the files by their kinds where there are several', () => {
	const text = linesOf(made('notes.txt', 'vision.mp4', 'vision.jpg', 'sample.json', 'raw.bin'));
	expect(text.replaceAll(/ +\d+ B.*$/gm, '')).toContain(
		[
			...['videos', '  vision.mp4', 'images', '  vision.jpg', 'texts', '  notes.txt'],
			...['JSON', '  sample.json', 'other files', '  raw.bin'],
		].join('\n'),
	);
	expect(linesOf(made('vision.mp4'))).not.toContain('videos\n');
});

it('shows what the texts of the result say, JSON with a line for each part', () => {
	const shown = made('reasoner_text.txt', 'sample.json');
	expect(linesOf(shown)).toContain('reading …');
	const at = (name: string) => `/data/runs/${shown.run.id}/outputs/${name}`;
	const read = apply(
		filled(),
		{
			...{type: 'output-read', file: at('reasoner_text.txt')},
			text: {state: 'read', text: 'A street.\nIt rains.\n', isCut: false},
		},
		{
			...{type: 'output-read', file: at('sample.json')},
			text: {state: 'read', text: '{"status":"success"}', isCut: true},
		},
	);
	const text = linesOf(shown, read);
	expect(text).toContain('A street.\nIt rains.');
	expect(text).toContain('{\n  "status": "success"\n}\nthe rest of the file is not shown');
});

it('has pictures of images as well as of videos', () => {
	const state = apply(filled(), {
		...{type: 'runs-read', runs: [made('0/vision.jpg', 'notes.txt')], ownRuns: [], at: noon},
	});
	const outputs = commanded(state, 'to-runs', 'next-tab', 'next-tab');
	expect(outputs.tab).toBe('outputs');
	expect(videosOf(outputs).map(({label}) => label)).toEqual(['0/vision.jpg']);
});

it('is upscaled only with a video', () => {
	const transfer = {...made('vision.jpg').run, operation: 'transfer', model: 'transfer1'} as Run;
	expect(canUpscale({run: transfer, shown: 'completed'})).toBe(false);
});

it('reads the beginning of a long text without a damaged character', async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-text-'));
	try {
		const file = path.join(folder, 'long.txt');
		await writeFile(file, `a${'ä'.repeat(64 * 1024)}`);
		const {text, isCut} = await readOutputText(file);
		expect(isCut).toBe(true);
		expect(text).toMatch(/^aä+$/);
		await writeFile(file, 'short');
		expect(await readOutputText(file)).toEqual({text: 'short', isCut: false});
	} finally {
		await rm(folder, {recursive: true});
	}
});
