import {describe, expect, it} from 'vitest';
import {readAnswer} from '../../../source/domain/models/enhance-answer.js';
import {enhanceJob} from '../../../source/domain/models/enhance1.js';
import {enhanceTask} from './tasks.js';

const places = {
	runFolder: 'cosmos-runs/run_000000001abc',
	inputs: {color: 'cosmos-inputs/a.mp4'},
	gpuCount: 1,
};

describe('an enhancement', () => {
	it('passes the text and the video in a file', () => {
		const promptText = '"quotes" $(x)\nnew line 🌆';
		const {files, command} = enhanceJob({...enhanceTask, promptText}, places);
		expect(JSON.parse(files[0]?.text ?? '')).toEqual({
			prompts: [{id: enhanceTask.promptId, text: promptText, video: 'cosmos-inputs/a.mp4'}],
		});
		expect(command).toEqual(enhanceJob(enhanceTask, places).command);
	});

	it('uploads its program and runs it', () => {
		const {files, command} = enhanceJob(enhanceTask, places);
		expect(files.map(({name}) => name)).toEqual(['spec.json', 'upsample.py']);
		expect(command.slice(0, 2)).toEqual(['python', `${places.runFolder}/upsample.py`]);
	});
});

describe('the answer', () => {
	const answer = (text: unknown, id = enhanceTask.promptId) =>
		readAnswer(
			enhanceTask,
			JSON.stringify({
				results: [
					{id: 'ps_other', error: 'x'},
					{id, text},
				],
			}),
		);

	it('is the new text, without blanks around it', () => {
		expect(answer(' A street,\nwet. \n')).toBe('A street,\nwet.');
	});

	it.each([
		['empty', answer(''), 'an empty text'],
		['blank', answer(' \n\t'), 'an empty text'],
		['the same', answer('A street'), 'unchanged'],
		['the same but for blanks', answer('\nA  street '), 'unchanged'],
		['for another prompt', answer('x', 'ps_zzz'), 'has no text for ps_000000000001'],
		['no text', answer(7), 'has no text for'],
		['no JSON', readAnswer(enhanceTask, '{"results":'), 'is not JSON'],
		['no result', readAnswer(enhanceTask, '[]'), 'has no text for'],
	])('is a failure if it is %s', (_what, result, message) => {
		expect(result).toMatchObject({
			reason: 'no-output',
			message: expect.stringContaining(message),
		});
	});

	it.each([
		['RuntimeError: CUDA error: x', 'program-error', 'the model failed: RuntimeError: CUDA error'],
		['OutOfMemoryError: CUDA out of memory', 'gpu-out-of-memory', 'the GPU ran out of memory'],
	])('fails only its prompt if it is the error %s', (error, reason, message) => {
		const results = [{id: enhanceTask.promptId, error}];
		expect(readAnswer(enhanceTask, JSON.stringify({results}))).toMatchObject({
			reason,
			message: expect.stringContaining(message),
		});
	});
});
