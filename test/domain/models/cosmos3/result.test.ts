import {describe, expect, it} from 'vitest';
import {sealProblem} from '../../../../source/domain/models/cosmos3/result.js';
import {modeOf} from '../../../../source/domain/models/families.js';
import {batchConflict} from '../../../../source/domain/models/family.js';
import {batchModelOf, resultOf} from '../../../../source/domain/models/models.js';
import {createOutputSplitter} from '../../../../source/domain/runs/batch-parts.js';
import {image, taskOf, video} from './cosmos3-task.js';

it.each([
	['text2video', {}, [], 'vision.mp4', 'sample_outputs.json'],
	['text2image', {}, [], 'vision.jpg', 'sample_outputs.json'],
	['transfer', {}, [image('edge')], 'vision.jpg', 'sample_outputs.json'],
	['transfer', {}, [video('edge')], 'vision.mp4', 'sample_outputs.json'],
	['reasoner', {}, [], 'reasoner_text.txt', 'sample_outputs.json'],
	['text2video', {outputs: 2}, [], '1/vision.mp4', '1/sample_outputs.json'],
])('of %s with %j is known', (mode, given, inputs, file, seal) => {
	const result = resultOf({...taskOf(mode, given, inputs)});
	expect(result.has(file)).toBe(true);
	expect(result.has('control_edge.mp4')).toBe(false);
	expect(result.seal?.names).toContain(seal);
});

describe('the file that a sample ends with', () => {
	it.each([
		['{"args":{},"status":"success","message":null,"outputs":[]}', undefined],
		['{"status":"skip","message":"bad"}', 'sample_outputs.json says skip: bad'],
		['{"status":"succ', 'sample_outputs.json is cut off'],
		['', 'sample_outputs.json is cut off'],
		['null', 'sample_outputs.json says undefined'],
	])('%j', (text, problem) => {
		expect(sealProblem(text)).toBe(problem);
	});
});

describe('the log of a batch', () => {
	const batch = batchModelOf(taskOf('text2video')) ?? expect.fail('no batch');
	const said = (words: string) =>
		`[11-29 12:00:00|job=|INFO|cosmos_framework/inference/inference.py:1:run] ${words}\n`;
	const begin = (at: number, rank = 0, folder = '') =>
		said(
			`[RANK ${rank}] Saved sample args to '/workspace/cosmos-runs/r/outputs/sample_${at}/${folder}sample_args.json'`,
		);

	it('is divided where each sample begins, by its name', () => {
		const splitter = createOutputSplitter(batch.begins, 2);
		const text = `${begin(0)}${begin(0, 1)}a\n${begin(1, 0, '0/')}${begin(1, 0, '1/')}b\n`;
		const parts = splitter.push(Buffer.from(text));
		const of = (at: number | undefined) =>
			Buffer.concat(
				parts.filter(({indexes}) => indexes?.[0] === at).map(({bytes}) => bytes),
			).toString();
		expect(of(undefined)).toBe('');
		expect(of(0)).toBe(`${begin(0)}${begin(0, 1)}a\n`);
		expect(of(1)).toBe(`${begin(1, 0, '0/')}${begin(1, 0, '1/')}b\n`);
		expect(splitter.begun()).toEqual({all: new Set([0, 1]), now: new Map([[0, 1]])});
	});

	it('belongs to all samples that several GPUs make side by side', () => {
		const splitter = createOutputSplitter(batch.begins, 5);
		const end = (at: number, rank: number) =>
			said(
				`[RANK ${rank}] Saved sample outputs to '/w/r/outputs/sample_${at}/sample_outputs.json'`,
			);
		const text = `${begin(1, 1)}${begin(0)}bar\n${end(0, 0)}${end(1, 1)}${begin(2)}${begin(3, 1)}b\n`;
		const parts = splitter.push(Buffer.from(`load\n${text}`));
		expect(parts.map(({indexes, bytes}) => [indexes, bytes.toString()])).toEqual([
			[undefined, 'load\n'],
			[[1], begin(1, 1)],
			[[0, 1], `${begin(0)}bar\n${end(0, 0)}${end(1, 1)}`],
			[[2], begin(2)],
			[[2, 3], `${begin(3, 1)}b\n`],
		]);
		expect(splitter.begun()).toEqual({
			all: new Set([0, 1, 2, 3]),
			now: new Map([
				[0, 2],
				[1, 3],
			]),
		});
	});
});

describe('a batch of questions', () => {
	const about = (path: string) => ({
		...taskOf('reasoner'),
		inputs: [{role: 'color', path, size: 1}],
	});

	it('is about pictures or about videos', () => {
		const mode = modeOf({model: 'cosmos3', mode: 'reasoner'});
		expect(batchConflict([about('/a.mp4'), about('/b.mp4')], mode)).toBeUndefined();
		expect(batchConflict([about('/a.mp4'), about('/b.png')], mode)).toMatchObject({
			setting: 'inputs',
			values: ['video', 'image'],
		});
	});

	it('is divided where each ends, as nothing is said before', () => {
		const {begins} = batchModelOf(taskOf('reasoner')) ?? expect.fail('no batch');
		const splitter = createOutputSplitter(begins, 2);
		splitter.push(
			Buffer.from(
				"[x|job=|SUCCESS|a.py:1:f] [RANK 0] Saved reasoner outputs to '/w/r/outputs/sample_0'\n",
			),
		);
		expect(splitter.begun().all).toEqual(new Set([0]));
	});
});
