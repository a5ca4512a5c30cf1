import {PythonError} from '../python/python-error.js';
import {visionKind} from './build-sample.js';
import {decodeVideo, readImage} from './media.js';
import {writeOut} from './picture.js';
import {failTogether} from './run.js';
import {checkText, failToSave, saveOutputs, type Work} from './sample-work.js';

/** Steps in which an answer is written; the environment can ask for a failure in them. */
const steps = 10;

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

		return turns.map(
			({sample}, index) =>
				`SIMULATED answer, written by a program and not by the model, about ${kinds[index] === 'text' ? 'a text' : `the ${kinds[index]}`}.\nThe question was: ${sample.prompt}`,
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
