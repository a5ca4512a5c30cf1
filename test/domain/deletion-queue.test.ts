import {expect, test} from 'vitest';
import {refusalsOfQueue} from '../../source/domain/deletion-queue.js';
import type {Run} from '../../source/domain/types.js';
import {samplePrompt, sampleRun} from '../store/samples.js';
import {job, jobId, now} from './queue-jobs.js';

const nothing = {prompts: [], runs: [], outputsOf: []};
const prompt = samplePrompt('ps_000000000000');
const run = {...sampleRun('run_00000000000a'), status: 'cancelled'} as Run;
const upscale = (id: string) => [{id, name: 'x', request: {operation: 'upscale', runId: run.id}}];

test('a prompt that a job waits with is refused, with the job and the way out', () => {
	expect(refusalsOfQueue({...nothing, prompts: [prompt]}, [job(1)])).toEqual([
		{
			id: prompt.id,
			why: `${prompt.id} (${prompt.name}) is needed by 1 queued job (${jobId(1)})`,
			hint: `Wait for it, or cancel the job: \`cosmos queue cancel ${jobId(1)}\`.`,
		},
	]);
});

test.each([
	['whose video a job is to upscale', {parts: upscale(jobId(1))}],
	['after which a job is to start', {after: run.id}],
])('a run %s is refused', (_what, more) => {
	const [refusal] = refusalsOfQueue({...nothing, runs: [run]}, [job(1, more)]);
	expect(refusal?.why).toBe(`${run.id} is needed by 1 queued job (${jobId(1)})`);
});

test('the outputs of a run that a job is to upscale are refused', () => {
	const jobs = [job(1, {parts: upscale(jobId(1))}), job(2, {parts: upscale(jobId(2))})];
	const [refusal] = refusalsOfQueue({...nothing, outputsOf: [run]}, jobs);
	expect(refusal?.why).toBe(
		`${run.id} is needed by 2 queued jobs (${jobId(1)}, ${jobId(2)}), with its outputs`,
	);
});

test('a job that has ended needs nothing', () => {
	const ended = job(1, {status: 'cancelled', endedAt: now});
	expect(refusalsOfQueue({...nothing, prompts: [prompt]}, [ended])).toEqual([]);
});

test('what no job of the queue is about may go', () => {
	const other = samplePrompt('ps_00000000000b');
	expect(refusalsOfQueue({...nothing, prompts: [other], runs: [run]}, [job(1)])).toEqual([]);
});
