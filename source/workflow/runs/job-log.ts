import {batchModelOf} from '../../domain/models/models.js';
import {placeOf} from '../../domain/runs/batch.js';
import {createOutputSplitter, type OutputPart} from '../../domain/runs/batch-parts.js';
import type {Run} from '../../domain/types.js';
import type {JobLog} from '../../executor/job-context.js';
import type {LogFile} from '../../store/log-file.js';

/** Bytes at the end of a log that are searched for the reason of a failure. */
const tailSize = 1024 * 1024;
/** Bytes read at once. */
const chunkSize = 1 << 18;

/** The log of a run that has its job for itself. */
export function runLog(log: LogFile): JobLog {
	return {
		append: chunk => log.append(chunk),
		size: () => log.size(),
		settle: () => log.flush(),
		tailOf: () => log.tail(tailSize),
		begun: async () => ({all: new Set([0]), now: new Map([[0, 0]])}),
		async empty(runIds) {
			if (runIds.length > 0) {
				await log.empty();
			}
		},
	};
}

/** A run's file, and how many of its bytes existed before and are repeated. */
type Part = {run: Run; log: LogFile; known: number};

/**
 * The log of a batch: the whole output in one file, by which a broken stream resumes, and each run's
 * part in that run's own. The parts are derived from the whole, so after a crash they are
 * completed from it: what a run's file already has is skipped.
 * @param logs the runs' files, in their order; a run that was deleted has none
 */
export function batchLog(runs: readonly Run[], whole: LogFile, logs: readonly LogFile[]): JobLog {
	const [first] = runs as readonly [Run, ...Run[]];
	const model = batchModelOf(first);
	if (!model) {
		throw new Error(`no batch of ${first.operation}`);
	}

	const splitter = createOutputSplitter(model.begins, first.batch?.size ?? runs.length);
	const parts: Part[] = runs.map((run, at) => ({run, log: logs[at] as LogFile, known: 0}));
	let reading: Promise<void> | undefined;

	/** Reads the existing whole log once. */
	function begin(): Promise<void> {
		reading ??= readWhole();
		return reading;
	}

	async function readWhole(): Promise<void> {
		for (const part of parts) {
			part.known = await part.log.size();
		}

		const size = await whole.size();
		for (let at = 0; at < size; ) {
			const chunk = await whole.read(at, Math.min(size, at + chunkSize));
			if (chunk.length === 0) {
				throw new Error(`${whole.path} was truncated`);
			}

			await deal(splitter.push(chunk));
			at += chunk.length;
		}
	}

	async function deal(pieces: readonly OutputPart[]): Promise<void> {
		for (const {indexes, bytes} of pieces) {
			const receivers = parts.filter(({run}) => indexes?.includes(placeOf(run)) ?? true);
			await Promise.all(receivers.map(part => give(part, bytes)));
		}
	}

	async function give(part: Part, bytes: Buffer): Promise<void> {
		const skipped = Math.min(part.known, bytes.length);
		part.known -= skipped;
		if (skipped < bytes.length) {
			await part.log.append(bytes.subarray(skipped));
		}
	}

	return {
		async append(chunk) {
			await begin();
			await whole.append(chunk);
			await deal(splitter.push(chunk));
		},
		size: () => whole.size(),
		async settle() {
			await begin();
			await deal(splitter.flush());
			await Promise.all([whole, ...logs].map(log => log.flush()));
		},
		async tailOf(runId) {
			return (await parts.find(({run}) => run.id === runId)?.log.tail(tailSize)) ?? '';
		},
		async begun() {
			await begin();
			return splitter.begun();
		},
		async empty(runIds) {
			for (const {run, log} of parts) {
				if (runIds.includes(run.id)) {
					await log.empty();
				}
			}
		},
	};
}
