import type {GpuFacts} from '../../domain/types.js';
import type {GpuSample} from '../../state/dashboard-state.js';

/** How far back the samples of a host go, in minutes. */
export const sampleMinutes = 3;
/** A value counts on for so long when the next answer is late. Milliseconds. */
const countsOn = 10_000;
const levels = '▁▂▃▄▅▆▇█';

/** Adds the sample of an answer and drops those that are too old. */
export function addSample(
	samples: readonly GpuSample[],
	gpus: readonly GpuFacts[],
	at: number,
): readonly GpuSample[] {
	const known = gpus.flatMap(({index, utilization}) =>
		utilization === undefined ? [] : [[index, utilization] as const],
	);
	return known.length === 0
		? samples
		: [
				...samples.filter(sample => sample.at > at - sampleMinutes * 60_000),
				{at, use: Object.fromEntries(known)},
			];
}

/**
 * `▁▃▇█`: the use of one GPU over the last minutes, now at the right, 8 levels from 0 to 100
 * percent. Blank where nobody asked.
 * @param width columns
 */
export function sparkline(samples: readonly GpuSample[], gpu: number, width: number): string {
	const end = samples.at(-1)?.at ?? 0;
	const step = (sampleMinutes * 60_000) / width;
	return Array.from({length: width}, (_, column) => {
		const to = end - (width - 1 - column) * step;
		const level = useIn(samples, gpu, to - step, to);
		return level === undefined ? ' ' : levels[Math.min(7, Math.floor((level / 100) * 8))];
	}).join('');
}

/** The mean of a stretch of time, or the value before it that still counts. */
function useIn(
	samples: readonly GpuSample[],
	gpu: number,
	from: number,
	to: number,
): number | undefined {
	const within = samples.filter(({at}) => at > from && at <= to).map(({use}) => use[gpu]);
	const known = within.filter(use => use !== undefined);
	if (within.length > 0) {
		return known.length === 0 ? undefined : known.reduce((sum, use) => sum + use, 0) / known.length;
	}

	const before = samples.findLast(({at}) => at <= from);
	return before && to - before.at < countsOn ? before.use[gpu] : undefined;
}
