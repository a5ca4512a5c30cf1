import {stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import type {VideoInput} from '../../domain/inputs/media.js';
import {outputFolder} from '../../domain/models/model-job.js';
import {resultVideo} from '../../domain/runs/outputs.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {Run, RunInput, ShownRun, TaskOf} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {existingRun} from '../runs/run-lookup.js';

export type Parent = {
	run: Run & TaskOf<'transfer'>;
	input: RunInput;
	/** What the file is, if it can be read. */
	video?: VideoInput;
};

/**
 * The video of a transfer run, to be upscaled.
 * @throws CosmosError (usage) when the run has none, or it has changed since the download
 */
export async function parentVideo(store: Store, runId: string): Promise<Parent> {
	const found = await existingRun(store, runId);
	const {run} = found;
	if (run.operation !== 'transfer') {
		throw wrongKind(run);
	}

	if (run.status !== 'completed') {
		throw notCompleted(found);
	}

	const output = resultVideo(run);
	if (!output) {
		throw unfit(`${run.id} made no video`, 'Choose a run that did, or give a video file.');
	}

	const file = path.join(store.runFolder(run.id), outputFolder, ...output.name.split('/'));
	const size = await stat(file).then(
		found => found.size,
		() => undefined,
	);
	if (size === undefined || size !== output.size) {
		const what =
			size === undefined ? 'is gone' : 'has a different size than when it was downloaded';
		throw unfit(`the video of ${run.id} ${what}: ${file}`, 'Use a video file instead.');
	}

	// The length is that of the video itself: the run's source may have been longer.
	const {inspectVideo} = await import('../../executor/media/inspect-file.js');
	const video = await inspectVideo('color', file).catch(() => undefined);
	return {run, input: {role: 'color', path: file, size}, ...(video && {video})};
}

function wrongKind({id, operation, model}: Run): CosmosError {
	switch (operation) {
		case 'upscale':
			return unfit(`${id} is an upscale itself`, 'It already has the largest size of the model.');
		case 'recipe':
			return unfit(`${id} is a run of the recipe ${model}`, 'Give its video as a file.');
		default:
			return unfit(
				`${id} is a prompt enhancement; it has no video`,
				'Give a transfer run or a video file.',
			);
	}
}

function notCompleted({run, shown}: ShownRun): CosmosError {
	if (shown === 'interrupted') {
		return unfit(
			`${run.id} is interrupted: its video is not local`,
			`\`cosmos recover ${run.id}\` completes the run.`,
		);
	}

	if (shown === 'uncollected') {
		return unfit(
			`the video of ${run.id} is still on ${run.host}`,
			`\`cosmos fetch ${run.id}\` downloads it.`,
		);
	}

	if (isUnfinished(shown)) {
		return unfit(
			`${run.id} is ${shown}: its video does not exist yet`,
			`\`cosmos logs ${run.id} --follow\` shows its progress.`,
		);
	}

	const why = 'failure' in run ? `: ${run.failure.message}` : '';
	return unfit(`${run.id} has no video, it is ${shown}${why}`, 'Choose a completed run.');
}

function unfit(message: string, hint: string): CosmosError {
	return new CosmosError('wrong-state', `cannot upscale: ${message}`, {hint});
}
