import {stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError} from '../domain/errors.js';
import {outputFolder, resultFile} from '../domain/models/model-job.js';
import {isUnfinished} from '../domain/run-status.js';
import type {Run, RunInput, ShownRun, TaskOf} from '../domain/types.js';
import type {Store} from '../store/store.js';

export type Parent = {run: Run & TaskOf<'transfer'>; input: RunInput};

/**
 * The video of a transfer run, to be upscaled.
 * @throws CosmosError (usage) when the run has none, or it is not as it came home
 */
export async function parentVideo(store: Store, runId: string): Promise<Parent> {
	const found = await store.getRun(runId);
	if (!found) {
		throw new CosmosError('usage', `no run "${runId}"`);
	}

	const {run} = found;
	if (run.operation !== 'transfer') {
		throw run.operation === 'upscale'
			? unfit(`${run.id} is an upscale itself`, 'Its video is as large as the model makes them.')
			: unfit(`${run.id} enhanced a text; it has no video`, 'Give a transfer run or a video file.');
	}

	if (run.status !== 'completed') {
		throw notCompleted(found);
	}

	const output = run.outputs.find(({name}) => name === resultFile);
	const file = path.join(store.runFolder(run.id), outputFolder, resultFile);
	const size = await stat(file).then(
		found => found.size,
		() => undefined,
	);
	if (size === undefined || size !== output?.size) {
		const what = size === undefined ? 'is gone' : 'has another size than it came home with';
		throw unfit(`the video of ${run.id} ${what}: ${file}`, 'Give a video file instead.');
	}

	return {run, input: {role: 'color', path: file, size}};
}

function notCompleted({run, shown}: ShownRun): CosmosError {
	if (shown === 'interrupted') {
		return unfit(
			`${run.id} is interrupted: its video is not here`,
			`\`cosmos recover ${run.id}\` brings the run to its end.`,
		);
	}

	if (shown === 'uncollected') {
		return unfit(
			`the video of ${run.id} is still on ${run.host}`,
			`\`cosmos fetch ${run.id}\` brings it home.`,
		);
	}

	if (isUnfinished(shown)) {
		return unfit(
			`${run.id} is ${shown}: its video is not here yet`,
			`\`cosmos logs ${run.id} --follow\` shows how far it is.`,
		);
	}

	const why = 'failure' in run ? `: ${run.failure.message}` : '';
	return unfit(`${run.id} has no video, it is ${shown}${why}`, 'Give a run that has completed.');
}

function unfit(message: string, hint: string): CosmosError {
	return new CosmosError('usage', `cannot upscale: ${message}`, {hint});
}
