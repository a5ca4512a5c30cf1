/**
 * How much GPU memory a run takes, by what is public: makers state little, so most figures are reckoned
 * from the few that there are. A launch on less is warned of, never refused.
 */
import {activeControls, type TransferSettings} from '../settings/settings.js';

/** A run on a slot with some GPUs. */
export type MemoryUse = {
	mode: string;
	settings: TransferSettings;
	/** GPUs of the slot, at least one. */
	gpus: number;
};

/** What each GPU of the slot has to have. */
export type MemoryNeed = {
	/** GiB, as nvidia-smi counts. */
	gibibytes: number;
	/** By its makers, by users, or by us from figures of either. */
	by: 'stated' | 'reported' | 'reckoned';
	/** Where the figures are from. */
	source: string;
};

/** GiB of parameters of two bytes. */
export const weightsOf = (billions: number) => (billions * 2 * 1e9) / 1024 ** 3;

export const countControls = (settings: TransferSettings) => activeControls(settings).length;

/** `about 65 GiB (reckoned from ...)`. */
export function describeNeed({gibibytes, by, source}: MemoryNeed): string {
	const about = by === 'stated' ? '' : 'about ';
	const from = by === 'reckoned' ? 'reckoned from' : `${by} by`;
	return `${about}${Math.ceil(gibibytes)} GiB (${from} ${source})`;
}
