import type {TransferProgress} from './run-watcher.js';

/** Seconds over which the rate is averaged: a short pause must not change the remaining time much. */
const window = 5;
/** Seconds between two reports; the last one always comes. */
const interval = 0.1;

export type TransferMeter = (done: number) => void;

/**
 * Turns byte counts into progress: rate and remaining time, at most ten times a second. The first count is
 * where the transfer starts; earlier bytes count as done, but not as speed.
 * @param clock seconds that only grow
 */
export function createTransferMeter(
	what: Pick<TransferProgress, 'direction' | 'file' | 'total'>,
	report: (progress: TransferProgress) => void,
	clock: () => number = () => performance.now() / 1000,
): TransferMeter {
	let marks: Array<{at: number; done: number}> = [];
	return done => {
		const at = clock();
		const last = marks.at(-1);
		if (last && at - last.at < interval && done < what.total) {
			return;
		}

		marks = [...marks.filter(mark => at - mark.at <= window), {at, done}];
		report({...what, done, ...speedOf(marks, what.total)});
	};
}

/** Undefined while nothing has moved: a rate of 0 would mean an endless remaining time. */
function speedOf(
	marks: ReadonlyArray<{at: number; done: number}>,
	total: number,
): Pick<TransferProgress, 'bytesPerSecond' | 'etaSeconds'> {
	const [first, last] = [marks[0], marks.at(-1)];
	if (!first || !last || last.at <= first.at || last.done <= first.done) {
		return {};
	}

	const bytesPerSecond = (last.done - first.done) / (last.at - first.at);
	return {bytesPerSecond, etaSeconds: (total - last.done) / bytesPerSecond};
}
