import {createHash} from 'node:crypto';
import {statSync} from 'node:fs';
import type {VideoFacts} from '../input-video.js';
import {PythonError, repr} from '../python/python-error.js';
import type {PythonValue} from '../python/values.js';
import {readActions} from './actions.js';
import {type Sample, visionKind} from './build-sample.js';
import {isActionMode} from './fields.js';
import {decodeVideo, readImage} from './media.js';
import {saveVision, writeOut} from './picture.js';
import {formatPrompt} from './prompt.js';
import {sampleClip} from './run.js';
import {checkSuffix, checkText, failToSave, saveOutputs, type Work} from './sample-work.js';
import {sizeOf} from './sizes.js';

type Inputs = {
	width: number;
	height: number;
	/** Frames of the result. */
	frames: number;
	source?: VideoFacts;
	actions?: PythonValue;
};

/** Videos and pictures, and what is made of actions. */
export const plain: Work<Inputs, Inputs> = {
	async read(_, sample) {
		const {args, visionPath, mode} = sample;
		const isAction = isActionMode(mode);
		if ((isAction || mode === 'image2image') && visionPath === undefined) {
			throw new PythonError('AssertionError', '');
		}

		const kind = visionKind(args);
		const source =
			visionPath === undefined
				? undefined
				: kind === 'image' || mode === 'image2image'
					? readImage(visionPath)
					: await decodeVideo(visionPath);
		if (
			typeof args.sound_path === 'string' &&
			!statSync(args.sound_path, {throwIfNoEntry: false})
		) {
			const message = `[Errno 2] No such file or directory: ${repr(args.sound_path)}`;
			throw new PythonError('FileNotFoundError', message);
		}

		const size = plainSize(sample, source);
		// Templates are filled in now, so that one that is wrong is found.
		formatPrompt(args, {...size, frames: sample.frames, fps: sample.fps});
		return {
			...size,
			frames: resultFrames(sample),
			source,
			...(isAction && {actions: readActions(sample)}),
		};
	},
	async make(run, turns, inputs) {
		const [turn] = turns;
		if (turn) {
			const {args, steps} = turn.sample;
			const clip = {steps, shift: Number(args.shift), sigmaMax: Number(args.sigma_max)};
			await sampleClip(run, turn.simulation, clip, turn.rank);
		}

		return [...inputs];
	},
	async save(run, turn, made) {
		const {sample, simulation} = turn;
		const {args, fps} = sample;
		const {width, height, frames, source, actions} = made;
		const prompt = formatPrompt(args, {width, height, frames: sample.frames, fps});
		await checkText(run, turn, prompt);
		failToSave(turn);
		if (simulation.words.has('no-output')) {
			return;
		}

		const files: string[] = [];
		if (run.setup.debug) {
			files.push(saveTensors(sample, 'output'));
		}

		const vision = await saveVision(simulation, `${sample.outputDir}/vision`, {
			picture: 'color',
			prompt: sample.prompt,
			seed: sample.seed ?? derivedSeed(sample),
			width,
			height,
			frames,
			fps,
			file: source?.file,
			sound: args.enable_sound === true,
		});
		checkSuffix(sample, vision);
		files.push(vision);
		await saveOutputs(run, turn, files, actions === undefined ? {} : {action: actions});
	},
};

/** An edited picture is one picture, whatever the sample says; actions have frames of their own. */
function resultFrames({args, mode, frames}: Sample): number {
	return mode === 'image2image'
		? 1
		: isActionMode(mode)
			? Number(args.action_chunk_size) + 1
			: frames;
}

function plainSize({args, mode}: Sample, source: VideoFacts | undefined) {
	if (mode === 'image2image' && !(args.resolution && args.aspect_ratio) && source) {
		// The picture's own form, at most 512, in steps of 32.
		const share = Math.min(1, 512 / Math.max(source.width, source.height));
		const round = (pixels: number) => Math.max(32, Math.round((pixels * share) / 32) * 32);
		return {width: round(source.width), height: round(source.height)};
	}

	return sizeOf(String(args.resolution), String(args.aspect_ratio ?? '16,9'));
}

/** A sample without a seed has one that is always the same. */
function derivedSeed({name, outputDir}: Sample): number {
	const digest = createHash('sha256').update(`${name}|${outputDir}`).digest();
	return digest.readUInt32BE(0) & 0x7fffffff;
}

/** A file of tensors without any: its header only. */
export function saveTensors({outputDir}: Sample, name: string): string {
	const file = `${outputDir}/${name}.safetensors`;
	writeOut(file, Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]));
	return file;
}
