import type {ShownRun, StepTimes} from '../types.js';
import {isUnfinished} from './run-status.js';

/** A phase of a run, as far as its stored times show it. Milliseconds since 1970. */
export type Phase = {
	/** `upload`, `wait`, `load`, `sampling`, `download`; `compute` is the middle two, undivided. */
	name: string;
	start: number;
	/** Absent where it is unknown: the program died in this phase. */
	end?: number;
	/** It has not ended; `end` is now. */
	going: boolean;
};

/** `wait`: for the slot and the container. `load`: of the model and the inputs. */
const phases = {
	divided: [
		['uploading', 'upload'],
		['starting', 'wait'],
		['running', 'load'],
		['sampling', 'sampling'],
		['downloading', 'download'],
	],
	undivided: [
		['uploading', 'upload'],
		['starting', 'wait'],
		['running', 'compute'],
		['downloading', 'download'],
	],
} as const;

/** Whether the moment was seen, or would be, at which the model was loaded. */
const isDivided = ({loading, sampling, downloading}: StepTimes) =>
	loading !== undefined && (sampling !== undefined || downloading === undefined);

/**
 * The phases that a run has been through, in their order.
 * @param now milliseconds since 1970
 */
export function phasesOf({run, shown}: ShownRun, now: number): Phase[] {
	const known: Array<{step: number; at: number}> = [];
	const steps = isDivided(run.times) ? phases.divided : phases.undivided;
	for (const [step, [key]] of steps.entries()) {
		const at = Date.parse(run.times[key] ?? '');
		// A run that was restarted keeps the times of its first start; they no longer count.
		if (at >= (known.at(-1)?.at ?? 0)) {
			known.push({step, at});
		}
	}

	return known.map(({step, at}, index): Phase => {
		const next = known[index + 1];
		if (next) {
			const between = steps.slice(step, next.step);
			const name = between.map(([, word]) => word).join(', ');
			return {name, start: at, end: next.at, going: false};
		}

		const name = steps[step]?.[1] ?? '';
		const ended = Date.parse(run.times.ended ?? '');
		if (isUnfinished(shown)) {
			return {name, start: at, end: Math.max(at, now), going: true};
		}

		const isEnd = ended >= at && shown !== 'interrupted';
		return {name, start: at, end: isEnd ? ended : undefined, going: false};
	});
}
