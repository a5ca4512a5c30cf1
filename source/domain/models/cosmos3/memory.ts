/**
 * GPU memory of Cosmos 3: the weights, and work that grows with what is in the model at once. The
 * figures for a video of 720 lines and for a transfer are those of NVIDIA's NIM; the rule gives
 * them back: 58 and 65 GiB for Nano (64 stated), 150 and 160 for Super.
 */
import {countControls, type MemoryNeed, type MemoryUse, weightsOf} from '../gpu-memory.js';
import {findCheckpoint} from './checkpoints.js';
import {processesFor} from './command.js';
import {shapeOf, wholeFrames} from './geometry.js';

/** The usual video: 1280x720 with 189 frames. */
const usualWork = 1280 * 720 * 189;
/** Qwen3Guard's 0.6 billion parameters. */
const guardrail = weightsOf(0.6);

const source = "the memory that NVIDIA's NIM for Cosmos 3 asks for (support matrix, 2026)";

export function cosmos3Memory({mode, settings, gpus}: MemoryUse): MemoryNeed {
	const {weights, work, gpus: least} = findCheckpoint(settings.checkpoint);
	// Whole on each GPU where they fit one, else divided among all.
	const own = least > 1 ? weights / processesFor(gpus) : weights;
	const isOffloaded = settings.offloadGuardrails === true || settings.guardrails === false;
	const share = mode === 'reasoner' ? 0 : workOf(mode, settings) / usualWork;
	return {
		gibibytes: own + work * share - (isOffloaded ? guardrail : 0),
		by: 'reckoned',
		source,
	};
}

/** Pixels that the model works on at once; each control is a video of its own to it. */
function workOf(mode: string, settings: MemoryUse['settings']): number {
	const {resolution, aspectRatio, frames = 1, chunkFrames = frames} = settings;
	const {width, height} = shapeOf(resolution, aspectRatio);
	const chunk = wholeFrames(Math.min(Number(frames), Number(chunkFrames)));
	const videos = mode === 'transfer' ? 1 + Math.max(1, countControls(settings)) : 1;
	return width * height * chunk * videos;
}
