/**
 * How large and long a result of Cosmos-Transfer2.5 is, and in how many chunks it is made: the rules of
 * `inference_pipeline.py` in nvidia-cosmos/cosmos-transfer2.5 (June 2026).
 */
import type {VideoInput} from '../inputs/media.js';
import type {TransferSettings} from '../settings/settings.js';
import type {Shape} from './outlook.js';

const sizes = (...all: ReadonlyArray<readonly [number, number]>): readonly Shape[] =>
	all.map(([width, height]) => ({width, height}));

/** What everything is scaled to, by `--resolution`: 16:9, 4:3, 1:1, 3:4 and 9:16. */
const shapesOf: Readonly<Record<string, readonly Shape[]>> = {
	1080: sizes([1920, 1056], [1440, 1056], [1024, 1024], [1056, 1440], [1056, 1920]),
	1024: sizes([1280, 768], [1280, 1024], [1024, 1024], [1024, 1280], [768, 1280]),
	720: sizes([1280, 704], [960, 704], [960, 960], [704, 960], [704, 1280]),
	512: sizes([640, 384], [640, 512], [512, 512], [512, 640], [384, 640]),
	480: sizes([768, 432], [640, 480], [480, 480], [480, 640], [432, 768]),
	256: sizes([320, 192], [320, 256], [256, 256], [256, 320], [192, 320]),
};

export function shapesFor({resolution}: TransferSettings): readonly Shape[] {
	return shapesOf[String(resolution)] ?? shapesOf[720] ?? [];
}

export function framesOfResult({maxFrames}: TransferSettings, color: {frames: number}): number {
	return Math.min(Number(maxFrames), color.frames);
}

export function chunksOf(frames: number, settings: TransferSettings): number {
	const whole = Number(settings.framesPerChunk);
	return 1 + Math.max(0, Math.ceil((frames - whole) / newFrames(settings)));
}

const newFrames = ({framesPerChunk, conditionalFrames}: TransferSettings) =>
	Number(framesPerChunk) - Number(conditionalFrames);

/** Why the program would fail or hang with a control, or with a single frame. */
export function lengthMisfit(
	settings: TransferSettings,
	color: VideoInput,
	controls: readonly VideoInput[],
): string | undefined {
	const frames = framesOfResult(settings, color);
	if (frames < 2) {
		return 'color has a single frame: the program hangs on it';
	}

	const short = controls.find(one => one.frames < frames);
	if (!short) {
		return undefined;
	}

	const chunks = chunksOf(frames, settings);
	const inLast = short.frames - (chunks - 1) * newFrames(settings);
	const lengths = `${short.role} has ${short.frames} frames, color ${color.frames}`;
	return inLast <= 0
		? `${lengths}: the program has none left for chunk ${chunks} of ${chunks} and fails there`
		: `${lengths}: older checkouts of the program hang there, newer ones go on with mirrored frames`;
}
