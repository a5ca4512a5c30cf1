import {isUnfinished} from './run-status.js';
import type {ShownRun} from './types.js';

/** A stretch of a run, as far as its stored times tell. Milliseconds since 1970. */
export type Phase = {
	/** `upload`, `wait`, `compute`, `download`; several where the time between was not stored. */
	name: string;
	start: number;
	/** Absent when nobody knows it: the program died in this phase. */
	end?: number;
	/** It goes on; `end` is now. */
	going: boolean;
};

const steps = ['uploading', 'starting', 'running', 'downloading'] as const;
/** `wait`: for the lane and the container. The model is loaded in `compute`. */
const names = ['upload', 'wait', 'compute', 'download'] as const;

/**
 * The phases that a run has been through, in their order.
 * @param now milliseconds since 1970
 */
export function phasesOf({run, shown}: ShownRun, now: number): Phase[] {
	const known: Array<{step: number; at: number}> = [];
	for (const [step, name] of steps.entries()) {
		const at = Date.parse(run.times[name] ?? '');
		// A run that was started again has later steps of its first start, which count no more.
		if (at >= (known.at(-1)?.at ?? 0)) {
			known.push({step, at});
		}
	}

	return known.map(({step, at}, index): Phase => {
		const next = known[index + 1];
		if (next) {
			const name = names.slice(step, next.step).join(', ');
			return {name, start: at, end: next.at, going: false};
		}

		const name = names[step] as string;
		const ended = Date.parse(run.times.ended ?? '');
		if (isUnfinished(shown)) {
			return {name, start: at, end: Math.max(at, now), going: true};
		}

		const isEnd = ended >= at && shown !== 'interrupted';
		return {name, start: at, end: isEnd ? ended : undefined, going: false};
	});
}
