/** Cosmos 3's reasoner: a text about a picture or a video. */
import type {Mode, WordsByKey} from '../family.js';
import {batchFor} from './batch.js';
import {sourceIn, sourceRoles} from './hints.js';
import {jobFor} from './job.js';
import {resultFor} from './result.js';
import {reasonerRows} from './rows.js';
import {sourceEndings, wrongEnding} from './shared-rules.js';
import {outlookFor} from './warnings.js';

/** What the program writes the answer to. */
export const answerFile = 'reasoner_text.txt';

const onlyVaried = 'without sampling the answer is always the likeliest one';

export const reasoner: Mode = {
	name: 'reasoner',
	requires: [],
	requiresOne: ['color', 'image'],
	settings: reasonerRows,
	unused({sampling}, inputs): WordsByKey {
		const source = sourceIn(inputs);
		return {
			...(!sampling && {temperature: onlyVaried, topK: onlyVaried, topP: onlyVaried}),
			...(source?.kind === 'image' && {videoFps: 'the prompt has a picture'}),
		};
	},
	conflictIn: () => undefined,
	refusedInput(_settings, inputs) {
		const source = sourceIn(inputs);
		return source && wrongEnding(source, sourceEndings[source.kind ?? 'video']);
	},
	outlook: outlookFor('reasoner', sourceRoles),
	needs: role => role === 'color' || role === 'image',
	job: (task, places) => jobFor('reasoner', task, places),
	result: resultFor(() => answerFile),
	batch: batchFor('reasoner', 'throughput'),
};
