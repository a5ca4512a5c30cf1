import {expect, test} from 'vitest';
import {refusalsOfQueue} from '../../../source/domain/queue/deletion-queue.js';
import type {Run} from '../../../source/domain/types.js';
import {samplePrompt, sampleRun} from '../../store/samples.js';
import {job, jobId, now} from '../queue-jobs.js';

const nothing = {prompts: [], runs: [], outputsOf: []};
const prompt = samplePrompt('ps_000000000000');
const run = {...sampleRun('run_00000000000a'), status: 'cancelled'} as Run;
const upscale = (id: string) => [{id, name: 'x', request: {operation: 'upscale', runId: run.id}}];

test('a prompt of a waiting job is not deleted; the message names the job and a remedy', () => {
	expect(refusalsOfQueue({...nothing, prompts: [prompt]}, [job(1)])).toEqual([
		{
			id: prompt.id,
			why: `${prompt.id} (${prompt.name}) is needed by 1 queued job (${jobId(1)})`,
			hint: `Wait for it, or cancel the job: \`cosmos queue cancel ${jobId(1)}\`.`,
			remedy: 'cancel-job',
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

test('outputs that a job will upscale are not deleted', () => {
	const jobs = [job(1, {parts: upscale(jobId(1))}), job(2, {parts: upscale(jobId(2))})];
	const [refusal] = refusalsOfQueue({...nothing, outputsOf: [run]}, jobs);
	expect(refusal?.why).toBe(
		`${run.id} is needed by 2 queued jobs (${jobId(1)}, ${jobId(2)}), with its outputs`,
	);
});

test('an ended job needs nothing', () => {
	const ended = job(1, {status: 'cancelled', endedAt: now});
	expect(refusalsOfQueue({...nothing, prompts: [prompt]}, [ended])).toEqual([]);
});

test('records that no queued job needs can be deleted', () => {
	const other = samplePrompt('ps_00000000000b');
	expect(refusalsOfQueue({...nothing, prompts: [other], runs: [run]}, [job(1)])).toEqual([]);
});
