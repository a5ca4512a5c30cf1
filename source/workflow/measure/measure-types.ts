import type {Run, ShownRun} from '../../domain/types.js';

/** What a result is compared with: its own input, another run's result, or a file. */
export type Against = 'input' | {run: ShownRun} | {file: string};

export type MeasureProgress = {
	/** What is done now, e.g. `ssim`. */
	step: string;
	/** Frames. */
	done: number;
	/** Undefined where nobody has counted them. */
	total?: number;
};

export type MeasureRequest = {
	/** @default 'input', as far as the run has a video or an image as its source */
	against?: Against;
	signal?: AbortSignal;
	onProgress?: (progress: MeasureProgress) => void;
};

/** What was measured, and what could not be, a line each. */
export type Measured = {run: Run; notes: readonly string[]};
