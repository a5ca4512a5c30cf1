import {randomInt} from 'node:crypto';
import {existsSync} from 'node:fs';
import type {VideoFacts} from '../input-video.js';
import type {Picture} from '../picture/test-picture.js';
import {PythonError} from '../python/python-error.js';
import {show} from '../python/values.js';
import type {Sample, TransferHint} from './build-sample.js';
import type {Hint} from './fields.js';
import {readMedia} from './media.js';
import {saveVision, type Vision} from './picture.js';
import {formatPrompt} from './prompt.js';
import {type Run, sampleClip} from './run.js';
import {checkSuffix, failToSave, saveOutputs, type Turn, type Work} from './sample-work.js';
import {nearestAspect, roundFrames, sizeOf} from './sizes.js';

type Made = {
	/** What all files have in common; the video itself may be wider. */
	shape: Pick<Vision, 'width' | 'height' | 'frames' | 'fps' | 'seed'>;
	width: number;
	source?: VideoFacts;
	controls: ReadonlyMap<Hint, VideoFacts>;
};

const pictures: Readonly<Record<Hint, Picture>> = {
	edge: 'edge',
	blur: 'vis',
	depth: 'depth',
	seg: 'seg',
	wsm: 'seg',
};
const place = 'inference/transfer.py';

/** Videos that follow controls, chunk by chunk. Inputs are read only in `make`. */
export const transfer: Work<undefined, Made> = {
	async read() {
		return undefined;
	},
	async make(run, turns) {
		const made: Made[] = [];
		for (const turn of turns) {
			made.push(await generate(run, turn));
		}

		return made;
	},
	async save(run, turn, {shape, width, source, controls}) {
		const {sample, rank, simulation} = turn;
		failToSave(turn);
		if (simulation.words.has('no-output')) {
			return;
		}

		const {outputDir, prompt, hints} = sample;
		const common = {...shape, prompt};
		const total = hints.reduce((sum, {weight}) => sum + weight, 0);
		const weights = new Map(
			hints.map(({key, weight}) => [key, Number((weight / total).toFixed(3))]),
		);
		const file = source?.file ?? [...controls.values()][0]?.file;
		const vision = await saveVision(simulation, `${outputDir}/vision`, {
			...common,
			width,
			picture: 'color',
			file,
			weights,
		});
		checkSuffix(sample, vision);
		const files = [vision];
		for (const [key, control] of controls) {
			const stem = `${outputDir}/control_${key}`;
			const picture = pictures[key];
			const saved = await saveVision(simulation, stem, {...common, picture, file: control.file});
			files.push(saved);
			const message = `Saved control video to '${saved}'`;
			const line = 'inference/inference.py:1881:_generate_transfer_batch';
			await run.log.rankLine('INFO', line, message, rank);
		}

		await saveOutputs(run, turn, files);
	},
};

async function generate(run: Run, turn: Turn): Promise<Made> {
	const {sample, rank, simulation} = turn;
	const {args, hints} = sample;
	const {source, controls, aspect} = await readInputs(run, turn);
	const size = sizeOf(String(args.resolution), aspect);
	const [first] = [...controls.values()];
	const frames = first?.frames ?? 0;
	const fps = source && source.fps > 0 ? source.fps : sample.fps;
	const chunk = frames === 1 ? 1 : roundFrames(Number(args.num_video_frames_per_chunk));
	const chunks = countChunks(frames, chunk, Number(args.num_conditional_frames));
	const prompt = formatPrompt(args, {...size, frames: chunk, fps: Math.round(fps)});
	const names = hints.map(({key}) => key).join(', ');
	const followed =
		args.emphasize_control_in_prompt === false
			? ''
			: ` Follow the ${names} control video precisely: every visible structure has to agree with the ${names} signal at every frame.`;
	if (rank === 0) {
		const message = `[transfer] final user prompt: ${prompt.trimEnd()}${followed}`;
		await run.log.line('INFO', `${place}:476:generate_transfer_sample`, message);
	}

	checkWeights(hints);
	const clip = {
		steps: sample.steps,
		shift: Number(args.shift),
		sigmaMax: Number(args.sigma_max),
	};
	for (let index = 0; index < chunks; index++) {
		// What the environment asks for happens in the first chunk.
		const asked = index === 0 ? simulation : {...simulation, words: new Map()};
		await sampleClip(run, asked, clip, rank);
	}

	const beside =
		(args.show_control_condition === true ? hints.length : 0) +
		(args.show_input === true && source ? 1 : 0);
	return {
		shape: {...size, frames, fps, seed: sample.seed ?? randomInt(10_001)},
		width: size.width * (1 + beside),
		source,
		controls,
	};
}

type Inputs = {source?: VideoFacts; controls: Map<Hint, VideoFacts>; aspect: string};

/** Reads source and controls, and logs where each control comes from. */
async function readInputs(run: Run, {sample, rank}: Turn): Promise<Inputs> {
	const {args, hints, visionPath} = sample;
	if (args.resolution === null) {
		throw new PythonError('ValueError', 'resolution is required for transfer inference');
	}

	const limit = Number(args.max_frames);
	const read = async (file: string) => {
		const facts = await readMedia(file);
		return {...facts, frames: Math.min(facts.frames, limit)};
	};
	const given = hints.find(({path}) => path !== undefined)?.path;
	const source = visionPath === undefined ? undefined : await read(visionPath);
	// With a source the sample's form counts, without one that of the first control.
	const form = source ?? (given === undefined ? undefined : await read(given));
	const aspect =
		(source && (args.aspect_ratio as string | null)) ??
		nearestAspect(form?.width ?? 16, form?.height ?? 9);
	if (Number(args.num_first_chunk_conditional_frames) > 0 && !source) {
		throw new PythonError(
			'ValueError',
			"num_first_chunk_conditional_frames > 0 requires 'vision_path' for first-chunk conditioning",
		);
	}

	const controls = new Map<Hint, VideoFacts>();
	for (const {key, path} of hints) {
		const [control, message] = await readControl(key, path, source, read);
		controls.set(key, control);
		if (rank === 0) {
			await run.log.line('INFO', `${place}:113:load_transfer_control_frames`, message);
		}
	}

	return {source, controls, aspect};
}

async function readControl(
	key: Hint,
	file: string | undefined,
	source: VideoFacts | undefined,
	read: (file: string) => Promise<VideoFacts>,
): Promise<[VideoFacts, string]> {
	if (file !== undefined && existsSync(file)) {
		return [await read(file), `Loaded pre-computed ${key} control from ${file}`];
	}

	if (key !== 'edge' && key !== 'blur') {
		throw new PythonError(
			'FileNotFoundError',
			`Missing pre-computed control input for '${key}'. Provide a control_path in the transfer config.`,
		);
	}

	if (!source) {
		throw new PythonError(
			'ValueError',
			'input_frames must be provided for on-the-fly control computation when no control_path is specified.',
		);
	}

	return [source, `Computing ${key} control input on the fly`];
}

/** How many chunks a video is made of. @throws PythonError */
export function countChunks(frames: number, chunk: number, overlap: number): number {
	if (frames <= chunk) {
		return 1;
	}

	if (chunk - overlap <= 0) {
		const message = 'num_conditional_frames must be smaller than num_video_frames_per_chunk';
		throw new PythonError('ValueError', message);
	}

	return 1 + Math.ceil((frames - chunk) / (chunk - overlap));
}

function checkWeights(hints: readonly TransferHint[]): void {
	const weights = hints.map(({weight}) => weight);
	const got = show(weights);
	if (weights.some(weight => !(weight >= 0))) {
		const message = `control_weights must all be non-negative, got ${got}`;
		throw new PythonError('AssertionError', message);
	}

	if (!(weights.reduce((sum, weight) => sum + weight, 0) > 0)) {
		throw new PythonError('AssertionError', `control_weights must have a positive sum, got ${got}`);
	}
}

/**
 * What other GPUs that share the model have to match: the number of chunks, and whether each step has a
 * pass without the controls. A file that cannot be read is reported later, when the sample is made.
 */
export async function transferShape({args, hints, visionPath}: Sample): Promise<string> {
	const file = hints[0]?.path ?? visionPath ?? '';
	const facts = await readMedia(file).catch(() => undefined);
	const frames = Math.min(facts?.frames ?? 0, Number(args.max_frames));
	const chunk = roundFrames(Number(args.num_video_frames_per_chunk));
	const chunks = Math.ceil(
		Math.max(0, frames - chunk) / Math.max(1, chunk - Number(args.num_conditional_frames)),
	);
	return `${chunks} ${args.control_guidance === 1}`;
}
