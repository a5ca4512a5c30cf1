/** Seconds that a run of Cosmos 3 may take, if nobody says: downloads, loading, and the work itself. */
import {findCheckpoint} from './checkpoints.js';

/** Loading and downloads; what shorter runs have in all. */
const least = 3600;
const most = 172_800;

/**
 * Seconds for a step of a frame on one H100, from NVIDIA's own measurements: 189 frames in 35 steps
 * take Nano 8 s at 256, 60 s at 480 and 208 s at 720.
 */
const perStep: Readonly<Record<string, number>> = {
	256: 0.0012,
	480: 0.009,
	704: 0.03,
	720: 0.031,
	768: 0.035,
};
/** The slowest of the cards measured needs four times as long. */
const reserve = 4;

export function usualTimeLimit(work: {
	checkpoint: unknown;
	resolution: unknown;
	frames: number;
	steps: number;
	outputs: number;
	/** How often the model runs in a step: a transfer has the controls' tokens on top. */
	passes: number;
}): number {
	const {checkpoint, resolution, frames, steps, outputs, passes} = work;
	const size = findCheckpoint(String(checkpoint)).gpus > 1 ? 2 : 1;
	const seconds = (perStep[String(resolution)] ?? 0.031) * frames * steps * outputs * passes * size;
	const whole = least + Math.ceil((seconds * reserve) / 600) * 600;
	// What fits in the reserve of the loading needs no more.
	return seconds * reserve <= least / 2 ? least : Math.min(most, whole);
}
