import {readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {enhanceJob} from '../../source/domain/models/enhance1.js';
import {explainExit} from '../../source/domain/runs/run-status.js';
import {enhanceTask} from '../domain/models/tasks.js';
import {type Bench, createBench, writeFiles} from './bench.js';

let bench: Bench;
beforeAll(async () => {
	bench = await createBench();
});
afterAll(() => bench.remove());

let runs = 0;

/** A job as the product makes it; `change` is what a test breaks of it. */
async function enhance(
	options: {simulate?: string; request?: unknown; video?: string; without?: string} = {},
) {
	runs++;
	const runFolder = `runs/run_${runs}`;
	const inputs = {color: options.video ?? 'in/color.mp4'};
	const {files, command} = enhanceJob(enhanceTask, {runFolder, inputs, gpuCount: 1});
	const folder = path.join(bench.checkout, runFolder);
	await writeFiles(folder, files);
	if ('request' in options) {
		await writeFile(path.join(folder, 'spec.json'), JSON.stringify(options.request));
	}

	if (options.without) {
		await rm(path.join(folder, options.without));
	}

	const ended = await bench.run(command, {COSMOS_SIMULATE: options.simulate ?? ''});
	const result = await readFile(path.join(folder, 'outputs/enhanced.json'), 'utf8').catch(() => '');
	return {...ended, result};
}

const entry = {id: 'a', text: 'A street', video: 'in/color.mp4'};

describe('the simulated upsampler', () => {
	it('returns the same richer text for the same text', async () => {
		const [first, second] = [await enhance(), await enhance()];
		expect(first.status).toBe(0);
		const [{id, text}] = JSON.parse(first.result).results;
		expect(id).toBe(enhanceTask.promptId);
		expect(text).toMatch(/^A street\. .{100,}Simulated/);
		expect(second.result).toBe(first.result);
	});

	it('does not start on a GPU that another process uses', async () => {
		const {status, stdout, stderr} = await enhance({simulate: 'gpu-in-use'});
		const log = stdout.toString() + stderr;
		const exit = {code: Number(status), oomKilled: false, engineMessage: ''};
		const kind = {operation: 'enhance', model: 'transfer1'} as const;
		expect(explainExit(exit, log, 60, kind)).toMatchObject({
			reason: 'gpu-out-of-memory',
			message: 'the GPU has too little free memory: 12.31 of 79.11 GiB',
		});
	});

	it('answers several prompts of one request', async () => {
		const prompts = ['a', 'b'].map(id => ({...entry, id, text: `text ${id}`}));
		const {results} = JSON.parse((await enhance({request: {prompts}})).result);
		expect(results.map(({id}: {id: string}) => id)).toEqual(['a', 'b']);
	});

	it.each([
		['an unknown key', {request: {prompts: [entry], model: 'x'}}, 'KeyError'],
		['no list', {request: {prompts: entry}}, 'expected a list'],
		['an empty list', {request: {prompts: []}}, 'at least one'],
		['an entry with a key too many', {request: {prompts: [{...entry, x: 1}]}}, 'KeyError'],
		['an entry without a video', {request: {prompts: [{id: 'a', text: 'b'}]}}, 'KeyError'],
		['an empty text', {request: {prompts: [{...entry, text: ' '}]}}, 'text: expected a text'],
		['no request', {without: 'spec.json'}, 'FileNotFoundError'],
	])('rejects %s', async (_what, options, message) => {
		const {status, stderr, result} = await enhance(options);
		expect(stderr).toContain(message);
		expect([status, result]).toEqual([1, '']);
	});

	it.each([
		['is not there', 'in/gone.mp4', 'FileNotFoundError'],
		['is none', 'in/text.mp4', 'Could not load meta'],
	])('reports a video that %s as the error of its prompt', async (_what, video, message) => {
		const {status, stderr, result} = await enhance({video});
		expect(stderr).toContain(message);
		expect(JSON.parse(result).results[0].error).toContain(message);
		expect(status).toBe(1);
	});

	it('continues after a prompt that fails, and writes each its own result file', async () => {
		const prompts = ['a', 'b', 'c'].map(id => ({...entry, id, result: `own/${id}.json`}));
		const ended = await enhance({request: {prompts}, simulate: 'oom@2'});
		const {results} = JSON.parse(ended.result);
		expect(results.map((result: object) => Object.keys(result)[1])).toEqual([
			'text',
			'error',
			'text',
		]);
		const own = await readFile(path.join(bench.checkout, 'own/b.json'), 'utf8');
		expect(JSON.parse(own).results).toEqual([results[1]]);
		expect(ended.status).toBe(1);
	});

	it('cannot run a program that was not uploaded', async () => {
		const {status, stderr} = await enhance({without: 'upsample.py'});
		expect(stderr).toContain("can't open file");
		expect(status).toBe(2);
	});

	it.each([
		['oom', 1, 'gpu-out-of-memory'],
		['crash-late', 1, 'program-error'],
		['exit=7', 7, 'program-error'],
	])('fails as requested by %s', async (simulate, code, reason) => {
		const {status, stdout, stderr, result} = await enhance({simulate});
		const exit = {code: Number(status), oomKilled: false, engineMessage: ''};
		expect(explainExit(exit, stdout.toString() + stderr, 1800).reason).toBe(reason);
		expect(result).not.toContain('"text"');
		expect(status).toBe(code);
	});

	it.each([
		['no-output', undefined],
		['empty-answer', ' \n'],
		['same-answer', 'A street\n'],
	])('succeeds without a new text, as requested by %s', async (simulate, text) => {
		const {status, result} = await enhance({simulate});
		expect(status).toBe(0);
		expect(result === '' ? undefined : JSON.parse(result).results[0].text).toBe(text);
	});
});
