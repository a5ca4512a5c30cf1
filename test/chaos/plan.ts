import {type Fault, factsOf} from './fault.js';
import {createRandom, type Random} from './random.js';

export const moments = ['launch', 'uploading', 'starting', 'running', 'downloading'] as const;

export type Moment = (typeof moments)[number];

export type PlannedRun = {
	/** Counted from 1, for names. */
	number: number;
	/** GPU that its host entry names; runs of one GPU take turns. */
	gpu: 0 | 1;
	/** `COSMOS_SIMULATE`. */
	outcome: string;
	/** Seconds of one step, and how many there are. */
	step: number;
	steps: number;
	/** Bytes that make the input larger, and unlike any other. */
	ballast: number;
	fault: Fault;
	/** The fault comes `delay` milliseconds after the run has come to this moment. */
	moment: Moment;
	delay: number;
	/** Milliseconds that a full disk, or something that is stopped, lasts. */
	lasts: number;
	/** Seconds of a clock step. */
	clockStep: number;
	/** Processes that try to recover it at once, and after how many milliseconds. */
	rescuers: number;
	rescueDelay: number;
	/** Milliseconds after the scene's begin. */
	startsAfter: number;
};

/** Runs that happen at the same time. */
export type Scene = {runs: PlannedRun[]};

/** Runs at the same time, at most: more would only wait for each other's processor time. */
const sceneSize = 4;

/**
 * What a run's job does; most of them end well. No line has 16 KiB or more: Docker's own copy
 * of such a line is not exact.
 */
const outcomes = [
	...Array.from({length: 8}, () => ''),
	'loud=20000',
	'garbage',
	'bars=150',
	'exit=7',
	'exit=126',
	'guardrail',
	'oom',
	'no-output',
	'killed',
	'crash-late',
];

/** The runs and their faults. The same seed and number give the same plan. */
export function makePlan(seed: number, count: number, wanted: readonly Fault[]): Scene[] {
	const random = createRandom(seed);
	const deck = random.shuffled(
		Array.from({length: count}, (_, index) => wanted[index % wanted.length] as Fault),
	);
	let number = 0;
	const isGrouped = (fault: Fault) => factsOf(fault).shared || factsOf(fault).long;
	const groups = [
		deck.filter(fault => !isGrouped(fault)),
		...wanted.filter(isGrouped).map(grouped => deck.filter(fault => fault === grouped)),
	];
	const scenes = groups.flatMap(group =>
		chunks(group).map(some => ({
			runs: some.map(fault => planRun(random, ++number, fault)),
		})),
	);
	return random.shuffled(scenes);
}

function chunks(list: readonly Fault[]): Fault[][] {
	const result: Fault[][] = [];
	for (let start = 0; start < list.length; start += sceneSize) {
		result.push(list.slice(start, start + sceneSize));
	}

	return result;
}

function planRun(random: Random, number: number, fault: Fault): PlannedRun {
	// Only a job that goes on comes to a limit that Slurm looks at twice in a minute.
	const outcome = fault === 'time-limit' ? 'hang' : random.pick(outcomes);
	const step = random.pick([0.05, 0.1, 0.2]);
	const steps = random.whole(6, 14);
	const moment = random.pick(momentsFor(fault, outcome));
	return {
		number,
		gpu: random.pick([0, 1]),
		outcome,
		step,
		steps,
		ballast: random.whole(0, 3_000_000),
		fault,
		moment,
		delay: random.whole(0, longestDelay[moment](step * steps * 1000)),
		lasts: random.whole(500, 4000),
		clockStep: random.pick([-86_400 * 40, -3600, -5, 5, 3600, 86_400 * 40]),
		rescuers: random.chance(0.3) ? 2 : 1,
		rescueDelay: random.whole(0, 3000),
		startsAfter: random.whole(0, 1500),
	};
}

/** So that most faults come before the run's end. */
const longestDelay: Readonly<Record<Moment, (jobTime: number) => number>> = {
	launch: () => 800,
	uploading: () => 150,
	starting: () => 500,
	running: jobTime => jobTime * 0.6,
	downloading: () => 60,
};

function momentsFor(fault: Fault, outcome: string): readonly Moment[] {
	const {moments: own} = factsOf(fault);
	if (own) {
		return own;
	}

	const downloads = ['', 'loud=20000', 'garbage', 'bars=150', 'no-output'].includes(outcome);
	return downloads ? [...moments, 'running'] : ['launch', 'uploading', 'starting', 'running'];
}
