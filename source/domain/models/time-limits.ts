/**
 * Seconds that a run may take, if nobody says: what the slowest card that people have reported needs,
 * with a reserve. Nothing has less than it had before the length was looked at.
 */
const least = 3600;
const most = 172_800;
/** Loading the model and the inputs. */
const loading = 900;
const stepsMeasured = 35;

function limitOf(seconds: number): number {
	return Math.min(most, Math.max(least, Math.ceil((loading + seconds) / 600) * 600));
}

/** A clip of 121 frames takes 5 to 15 minutes on an H100; twice that for others. */
export function transfer1Limit(clips: number, steps: number): number {
	return limitOf((clips * 1800 * steps) / stepsMeasured);
}

/** 650 frames, 7 chunks, have taken 2 hours on an A800: 17 minutes each. */
export function transfer25Limit(chunks: number, steps: number): number {
	return limitOf((chunks * 1800 * steps) / stepsMeasured);
}

/** A clip has taken more than 3 hours on an A100. */
export function upscaleLimit(clips: number): number {
	return limitOf(Math.max(1, clips) * 4 * 3600);
}
