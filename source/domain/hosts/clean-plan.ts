import {leadOf} from '../runs/batch.js';
import type {Run} from '../types.js';

/** A file of the folder with the inputs: an input under its hash, or a partial one. */
export type InputThere = {
	name: string;
	/** Hex; of the whole file, even if it is partial. */
	sha256: string;
	/** The run that was uploading it, if it is partial. */
	partOf?: string;
	/** Bytes. */
	size: number;
	/** Seconds since it was last used or written to, by the host's own clock. */
	age: number;
};

/** What the host has of one run: its folder, its ended container, or both. */
export type RunThere = {
	runId: string;
	/** Who started it, as its container says. */
	startedBy?: string;
	/** Whether a job of it is alive there. */
	live: boolean;
	hasFolder: boolean;
	/** Bytes of both. */
	size: number;
	/** Seconds since anything in the folder was written, or the container ended: the smaller of both. */
	age: number;
	/** Names of inputs that its spec refers to; undefined if it cannot be read, so it may be any. */
	mentions?: readonly string[];
};

export type HostLeftovers = {inputs: readonly InputThere[]; runs: readonly RunThere[]};

export type CleanRequest = {
	/** Seconds that a thing must not have been used. */
	olderThan: number;
	/** Whether files of other data folders are removed too. */
	others: boolean;
};

/** One thing to remove. */
export type CleanItem = ({kind: 'input'} & InputThere) | ({kind: 'run'} & RunThere);

export type CleanPlan = {
	items: readonly CleanItem[];
	/** What is old enough but belongs to others, if that was not requested. */
	ofOthers: readonly CleanItem[];
	/** What is old enough but needed. */
	inUse: readonly CleanItem[];
};

/**
 * Decides what is removed. An item belongs to this data folder if one of its runs refers to it; all else is
 * somebody else's. Never a run that has not ended or whose outputs are still there, nor an input that
 * such a run, or any kept run folder, may need.
 * @param known every run of the data folder
 */
export function planClean(
	{inputs, runs}: HostLeftovers,
	known: readonly Run[],
	{olderThan, others}: CleanRequest,
): CleanPlan {
	/** The runs of a job by the one that names its folder: several share that of a batch. */
	const knownJobs = Map.groupBy(known, leadOf);
	const plan = {items: [] as CleanItem[], ofOthers: [] as CleanItem[], inUse: [] as CleanItem[]};
	const staying: RunThere[] = [];

	function place(item: CleanItem, {ours, needed}: {ours: boolean; needed: boolean}): boolean {
		const goes = item.age >= olderThan && !needed && (ours || others);
		if (item.age >= olderThan) {
			plan[needed ? 'inUse' : goes ? 'items' : 'ofOthers'].push(item);
		}

		return goes;
	}

	for (const run of runs) {
		const ours = knownJobs.get(run.runId) ?? [];
		const needed = run.live || ours.some(isNeeded);
		if (!place({kind: 'run', ...run}, {ours: ours.length > 0, needed})) {
			staying.push(run);
		}
	}

	const needing = known.filter(isNeeded).flatMap(run => run.inputs);
	// A result that was kept there for an upscale is a run's own as well.
	const everSent = new Set(
		known.flatMap(run => [...run.inputs, ...resultsOf(run)].map(({sha256}) => sha256)),
	);
	for (const input of inputs) {
		const senders = knownJobs.get(input.partOf ?? '') ?? [];
		place(
			{kind: 'input', ...input},
			input.partOf === undefined
				? {
						ours: everSent.has(input.sha256),
						// A run that has not hashed its inputs yet is recognised by their size.
						needed:
							staying.some(run => mayNeed(run, input.name)) ||
							needing.some(({sha256, size}) =>
								sha256 ? sha256 === input.sha256 : size === input.size,
							),
					}
				: {ours: senders.length > 0, needed: senders.some(isNeeded)},
		);
	}

	return plan;
}

function resultsOf(run: Run) {
	return run.status === 'completed' ? run.outputs : [];
}

/** Whether the files of a run on the host are still needed: it has not ended, or its outputs are there. */
function isNeeded({status}: Run): boolean {
	return status !== 'completed' && status !== 'failed' && status !== 'cancelled';
}

/** Whether a run's folder refers to an input, or may do so if it cannot be read. */
export function mayNeed({mentions}: RunThere, input: string): boolean {
	return mentions === undefined || mentions.includes(input);
}

/** Of two plans for one host, what both would remove; as the newer one sees it. */
export function intersectPlans(shown: CleanPlan, now: CleanPlan): CleanItem[] {
	const nameOf = (item: CleanItem) =>
		item.kind === 'run' ? `run ${item.runId}` : `input ${item.name}`;
	const names = new Set(shown.items.map(nameOf));
	return now.items.filter(item => names.has(nameOf(item)));
}
