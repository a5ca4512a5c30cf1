import {afterEach, beforeEach, expect, it} from 'vitest';
import {addJobs} from '../../source/domain/queue/queue-change.js';
import type {Run} from '../../source/domain/types.js';
import {thisProcess} from '../../source/machine/process-identity.js';
import {job, jobId, now} from '../domain/queue-jobs.js';
import {sampleRun} from '../store/samples.js';
import {addPromptWithVideo, openShell, type Shell} from './in-process.js';

let shell: Shell;

beforeEach(async () => {
	shell = await openShell();
});

afterEach(() => shell.close());

it('what waits for a run of a queued job waits for the job, which may get another run', async () => {
	const {id: promptId} = await addPromptWithVideo(shell);
	const working = {status: 'working', step: 'preparing', owner: thisProcess(), startedAt: now};
	await shell.store.changeQueue(queue => addJobs(queue, [job(1, {...working, host: 'demo'})]));
	const run = await shell.store.addRun(
		id => ({...sampleRun(id, {promptId}), jobId: jobId(1), status: 'uploading'}) as Run,
	);
	const add = (...words: string[]) => shell.cosmos(['queue', 'add', ...words]);
	expect(await add('upscale', run.id)).toMatchObject({code: 0, stderr: ''});
	expect(
		await add('inference', promptId, '--force', '--host', 'demo', '--after', run.id),
	).toMatchObject({code: 0});
	const {jobs} = await shell.store.readQueue();
	expect(jobs.slice(1)).toMatchObject([
		{parts: [{request: {operation: 'upscale', ofJob: jobId(1)}}]},
		{after: jobId(1)},
	]);
});
