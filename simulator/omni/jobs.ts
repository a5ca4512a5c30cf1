import {randomUUID} from 'node:crypto';
import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {hints} from '../cosmos3/fields.js';
import {decodeVideo, readImage} from '../cosmos3/media.js';
import {saveVision} from '../cosmos3/picture.js';
import {failAtStep, forItems, type Simulation} from '../failures.js';
import {PythonError} from '../python/python-error.js';
import type {VideoForm} from './video-form.js';
import {error} from './video-form.js';

export type Video = {
	id: string;
	status: 'queued' | 'in_progress' | 'completed' | 'failed';
	created_at: number;
	completed_at: number | null;
	error: {code: number; message: string} | null;
	inference_time_s: number | null;
	bytes?: Uint8Array;
	form: VideoForm;
	simulation: Simulation;
	/** Somebody has asked for its end while it is made. */
	cancelling?: Promise<void>;
	isCancelled?: boolean;
};

/** The jobs of one server: in memory only, and one at a time. */
export function createJobs(
	simulation: Simulation,
	guardrails: boolean,
	log: (line: string) => void,
) {
	const videos = new Map<string, Video>();
	let count = 0;
	let last: Promise<void> = Promise.resolve();

	function add(form: VideoForm): Video {
		const video: Video = {
			id: `video_gen_${randomUUID().replaceAll('-', '')}`,
			status: 'queued',
			created_at: Math.floor(Date.now() / 1000),
			completed_at: null,
			error: null,
			inference_time_s: null,
			form,
			simulation: forItems(simulation, [count++]),
		};
		videos.set(video.id, video);
		last = last.then(() => make(video));
		return video;
	}

	async function make(video: Video): Promise<void> {
		if (!videos.has(video.id)) {
			return;
		}

		const begun = performance.now();
		video.status = 'in_progress';
		log(`INFO Video ${video.id} begins`);
		record(video, 'begins');
		try {
			checkText(video);
			for (let step = 0; step < video.form.steps; step++) {
				if (video.isCancelled) {
					log(`INFO Video ${video.id} is aborted`);
					return;
				}

				await failAtStep(video.simulation, step, video.form.steps);
				if (video.simulation.stepTime > 0) {
					await wait(video.simulation.stepTime * 1000);
				}
			}

			video.bytes = await draw(video);
			video.status = 'completed';
			log(`INFO Video ${video.id} is completed`);
			record(video, 'completed');
		} catch (failure) {
			if (!(failure instanceof PythonError)) {
				throw failure;
			}

			const {message} = failure;
			video.status = 'failed';
			video.error = {
				code: 500,
				message: message.startsWith('CUDA out') ? `${failure.type}: ${message}` : message,
			};
			log(`ERROR Video ${video.id} failed: ${video.error.message}`);
		} finally {
			video.completed_at = Math.floor(Date.now() / 1000);
			video.inference_time_s = (performance.now() - begun) / 1000;
		}
	}

	function checkText({form, simulation: asked}: Video): void {
		if (guardrails && form.extra.guardrails !== false && asked.words.has('guardrail')) {
			throw new PythonError('RuntimeError', 'Guardrail blocked prompt');
		}
	}

	/** Resolves when it is gone; one in progress ends at its next step. @throws Refused */
	async function remove(id: string): Promise<void> {
		const video = find(id);
		if (video.cancelling) {
			throw error(409, 'Cancellation in progress. Please try again later.');
		}

		if (video.status === 'in_progress') {
			video.isCancelled = true;
			video.cancelling = last;
			await until(() => video.completed_at !== null);
		}

		videos.delete(id);
	}

	function find(id: string): Video {
		const video = videos.get(id);
		if (!video) {
			throw error(404, 'Video not found');
		}

		return video;
	}

	return {add, remove, find, all: () => [...videos.values()]};
}

function record({form, simulation}: Video, what: string): void {
	if (simulation.words.has('record')) {
		appendFileSync('videos.log', `${form.seed} ${what}\n`);
	}
}

async function until(isTrue: () => boolean): Promise<void> {
	while (!isTrue()) {
		await wait(10);
	}
}

/** The video, from the source if there is one. */
async function draw({form, simulation}: Video): Promise<Uint8Array> {
	if (simulation.words.has('undrawn')) {
		return Buffer.from(`SIMULATED seed ${form.seed}: ${form.prompt}`);
	}

	const folder = mkdtempSync(path.join(tmpdir(), 'omni-'));
	try {
		const {source, extra, frames, values, ...shape} = form;
		let file: string | undefined;
		if (source) {
			file = path.join(folder, path.basename(source.name));
			writeFileSync(file, source.bytes);
			const isPicture = /\.(?:png|jpe?g|webp)$/i.test(file);
			// What cannot be read is found only now.
			isPicture ? readImage(file) : await decodeVideo(file);
		}

		const control = hints.map(hint => extra[hint]).find(one => one !== undefined);
		const controlPath = (control as {control_path?: string} | undefined)?.control_path;
		const vision = await saveVision(simulation, path.join(folder, 'vision'), {
			...shape,
			picture: 'color',
			frames: Math.max(2, Math.min(frames, Number(extra.max_frames ?? frames))),
			sound: values.generate_sound === true,
			file: file ?? controlPath,
		});
		return readFileSync(vision);
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}
