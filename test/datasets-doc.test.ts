import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {RowReason} from '../source/domain/dataset/dataset.js';
import {retryPolicies, retryText} from '../source/domain/dataset/retry-policy.js';
import {startCosmos} from './cosmos.js';

const root = path.join(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs', 'datasets.md'), 'utf8');
const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
	block.trim().split('\n'),
);
let folder: string;

/** Two clips as a renderer writes them, and a table of shots. */
beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-datasets-'));
	const sample = path.join(root, 'samples', 'city-night', 'color.mp4');
	for (const name of ['clip_0000', 'clip_0001']) {
		cpSync(sample, path.join(folder, 'clips', name, 'rgb.mp4'));
	}

	writeFileSync(
		path.join(folder, 'shots.csv'),
		'id,caption,folder,seed,shot\na,A street,clips/clip_0000,1,s1\nb,A wet street,clips/clip_0001,2,s2\n',
	);
});

afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** The words of a line, as a shell reads them. */
const wordsOf = (line: string) =>
	[...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

it('runs every command of docs/datasets.md, in its order', async () => {
	expect(commands.length).toBeGreaterThan(10);
	const env = {
		...{HOME: folder, COSMOS_SIMULATE_STEP: '0', COSMOS_SIMULATE: 'undrawn,model-load=0'},
		COSMOS_DATA: path.join(folder, 'data'),
	};
	for (const line of commands) {
		const [program, ...words] = wordsOf(line);
		expect(program).toBe('cosmos');
		const {code, stderr} = await startCosmos(words, {env, cwd: folder}).ended;
		expect([line, code, stderr]).toEqual([line, 0, expect.any(String)]);
	}

	const rows = readFileSync(path.join(folder, 'shots.jsonl'), 'utf8').trim().split('\n');
	expect(rows.map(row => JSON.parse(row))).toMatchObject([
		{id: 'a', status: 'completed', text: 'A street', shot: 's1', settings: {seed: 1, steps: 4}},
		{id: 'b', status: 'completed', text: 'A wet street', shot: 's2'},
	]);
	expect(readFileSync(path.join(folder, 'night.csv'), 'utf8').split('\n')).toHaveLength(4);
});

it('has the table of what is tried again', () => {
	const byText = new Map<string, string[]>();
	for (const reason of Object.keys(retryPolicies) as RowReason[]) {
		const text = retryText(reason);
		byText.set(text, [...(byText.get(text) ?? []), `\`${reason}\``]);
	}

	const table = [...byText].map(([text, reasons]) => `| ${reasons.join(', ')} | ${text} |`);
	expect(page).toContain(table.join('\n'));
});
