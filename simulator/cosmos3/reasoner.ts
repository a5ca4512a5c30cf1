import type {Simulation} from '../failures.js';
import {PythonError} from '../python/python-error.js';
import {richerText} from '../richer-text.js';
import {visionKind} from './build-sample.js';
import {decodeVideo, readImage} from './media.js';
import {writeOut} from './picture.js';
import {failTogether} from './run.js';
import {checkText, failToSave, saveOutputs, type Work} from './sample-work.js';

/** Steps in which an answer is written; the environment can ask for a failure in them. */
const steps = 10;

/** An answer in words, or the structured prompt that the question asks for. */
function answerTo(question: string, kind: string, {words}: Simulation): string {
	if (words.has('empty-answer')) {
		return '   ';
	}

	const asksForJson = /single JSON object/.test(question) && !words.has('same-answer');
	return asksForJson
		? `\`\`\`json\n${JSON.stringify(structuredText(question), undefined, 2)}\n\`\`\``
		: `SIMULATED answer, written by a program and not by the model, about ${kind === 'text' ? 'a text' : `the ${kind}`}.\nThe question was: ${question}`;
}

/** The keys that the question names, and in them what its text says. */
function structuredText(question: string): object {
	const text = /"{3}\n([\s\S]*)\n"{3}\s*$/.exec(question)?.[1] ?? 'A scene.';
	const isTimed = question.includes('"temporal_caption"');
	return {
		subjects: [{description: text, location: 'in the middle'}],
		background_setting: 'Simulated background.',
		lighting: {conditions: 'soft light', direction: 'from the side'},
		aesthetics: {composition: 'balanced', color_scheme: 'warm'},
		cinematography: {framing: 'wide shot', ...(isTimed && {camera_motion: 'slow and steady'})},
		style_medium: 'simulated film',
		context: richerText(text),
		...(isTimed && {temporal_caption: richerText(text)}),
	};
}

/** Texts about a picture, a video or nothing. */
export const reasoner: Work<'image' | 'video' | 'text', string> = {
	async read(_, {args, visionPath}) {
		const kind = visionKind(args);
		if (visionPath !== undefined) {
			await (kind === 'video' ? decodeVideo(visionPath) : readImage(visionPath));
		}

		return kind ?? 'text';
	},
	begin: (run, turn) => checkText(run, turn, turn.sample.prompt),
	async make(run, turns, kinds) {
		if (new Set(kinds).size > 1) {
			const which = kinds.includes('video') ? 'video' : 'image';
			const message = kinds.includes('text')
				? `Reasoner batch mixes ${which}-conditioned and text-only samples (${kinds.filter(kind => kind === which).length}/${kinds.length} have ${which === 'image' ? 'an image' : 'a video'} vision_path). Split into separate batches.`
				: 'Reasoner batch mixes image- and video-conditioned samples. Split into separate batches.';
			throw new PythonError('ValueError', message);
		}

		for (let index = 0; index < steps; index++) {
			for (const {simulation} of turns) {
				await failTogether(run, simulation, index, steps);
			}
		}

		return turns.map(({sample, simulation}, index) =>
			answerTo(sample.prompt, kinds[index] ?? 'text', simulation),
		);
	},
	async save(run, turn, answer) {
		if (turn.simulation.words.has('no-output')) {
			return;
		}

		failToSave(turn);
		const file = `${turn.sample.outputDir}/reasoner_text.txt`;
		writeOut(file, answer);
		await saveOutputs(run, turn, [file], {reasoner_text: answer});
	},
};
