import {CosmosError} from '../domain/errors.js';
import {batchModelOf} from '../domain/models/models.js';
import {placeOf} from '../domain/runs/batch.js';
import type {Begun} from '../domain/runs/batch-parts.js';
import {createLineFinder} from '../domain/runs/line-watch.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import type {Run} from '../domain/types.js';
import {downloadOutputs, findLack, finishCollected, isWhole} from './collect-run.js';
import {changeRun, type JobContext} from './job-context.js';

/** Downloads the results of a batch that are complete while its job goes on. */
export type EarlyCollection = {
	/** Takes the next bytes of the log, in which the sign of a result may be. */
	onOutput: (chunk: Buffer) => void;
	/** Looks at the runs that the job has begun: signs may have been missed. */
	lookAgain: (begun: Begun) => void;
	/** Resolves when nothing is being downloaded; nothing is from then on. */
	end: () => Promise<void>;
};

/**
 * Downloads each result of a batch as soon as it is complete, one after the other. A run has ended then,
 * whatever becomes of the job. What does not succeed is left to the collection at the job's end.
 */
export function collectEarly(runs: readonly Run[], context: JobContext): EarlyCollection {
	const {signal} = context;
	const model = runs[0]?.batch && batchModelOf(runs[0]);
	const findEnds = model && createLineFinder(model.ends);
	const open = new Map(runs.flatMap(run => (isUnfinished(run.status) ? [[run.id, run]] : [])));
	let over = false;
	let work: Promise<void> = Promise.resolve();

	function look(at: (run: Run) => boolean): void {
		for (const run of runs.filter(at)) {
			work = work.then(() => collect(run));
		}
	}

	async function collect(run: Run): Promise<void> {
		if (over || signal.aborted || !open.has(run.id)) {
			return;
		}

		try {
			if (await isWhole(run, context, signal)) {
				await download(run);
			}
		} catch (error) {
			if (!(error instanceof CosmosError || signal.aborted)) {
				throw error;
			}
		}
	}

	async function download(run: Run): Promise<void> {
		const downloading = await changeRun(context, run, stored => ({
			...stored,
			status: 'downloading',
			exitCode: 0,
			times: {...stored.times, downloading: stored.times.downloading ?? context.jobStore.now()},
		}));
		const collected = await downloadOutputs(downloading, context, signal);
		// A seal that is still being written is complete at the job's end.
		if ((await findLack(downloading, collected, context)) === undefined) {
			await finishCollected(downloading, collected, 0, context);
			open.delete(run.id);
		}
	}

	return {
		onOutput(chunk) {
			for (const {groups} of findEnds?.(chunk) ?? []) {
				look(run => placeOf(run) === Number(groups?.index));
			}
		},
		lookAgain: begun => look(run => run.batch !== undefined && begun.all.has(placeOf(run))),
		async end() {
			over = true;
			await work;
		},
	};
}
