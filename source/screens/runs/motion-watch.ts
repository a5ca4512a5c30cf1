import {createLineDecoder} from '../../domain/runs/log-lines.js';
import type {Run} from '../../domain/types.js';
import type {RunMotion} from '../../state/dashboard-state.js';
import type {LogFile} from '../../store/log-file.js';
import {type ProgressReader, progressReader} from '../../workflow/runs/run-progress.js';
import type {Workflow} from '../../workflow/workflow-types.js';

/** Bytes of a log's end that hold the newest bar and the line before it. */
const tailBytes = 4096;
/** Bytes that are read at once where the whole log is wanted. */
const chunkBytes = 1 << 18;
/** A bar that so many finished lines follow is history. */
const nearEnd = 3;
/** Milliseconds between two looks at a growing log. */
const pause = 120;

export type Motion = Pick<RunMotion, 'bar' | 'lastLine'>;

/** Watches the ends of the logs of unfinished runs, whoever writes them. */
export type MotionWatch = {
	/** Says which runs are to be watched from now on. */
	keep: (runs: readonly Run[]) => void;
	close: () => void;
};

export function createMotionWatch(
	{openLog, usualSeconds}: Pick<Workflow, 'openLog' | 'usualSeconds'>,
	onMotion: (runId: string, motion: Motion) => void,
): MotionWatch {
	const watched = new Map<string, () => void>();
	return {
		keep(runs) {
			for (const [id, stop] of watched) {
				if (!runs.some(run => run.id === id)) {
					stop();
					watched.delete(id);
				}
			}

			for (const run of runs) {
				const {id} = run;
				if (!watched.has(id)) {
					const reader = progressReader(run, true);
					if (reader.expect) {
						usualSeconds(run).then(reader.expect, () => undefined);
					}

					watched.set(
						id,
						watchOne(openLog(id), reader, motion => onMotion(id, motion)),
					);
				}
			}
		},
		close() {
			for (const stop of watched.values()) {
				stop();
			}

			watched.clear();
		},
	};
}

function watchOne(
	log: LogFile,
	reader: ProgressReader,
	onMotion: (motion: Motion) => void,
): () => void {
	let timer: NodeJS.Timeout | undefined;
	let closed = false;
	let watched = 0;
	/** Gives the reader what it has not seen, if it wants to see all. */
	const watchOutput = async () => {
		const size = reader.watch ? await log.size() : 0;
		while (watched < size && !closed) {
			const chunk = await log.read(watched, Math.min(size, watched + chunkBytes));
			reader.watch?.(chunk);
			watched = chunk.length === 0 ? size : watched + chunk.length;
		}
	};

	const look = async () => {
		await watchOutput();
		const tail = await log.tail(tailBytes);
		timer = undefined;
		if (!closed) {
			onMotion(motionIn(tail, reader));
		}
	};

	const schedule = () => {
		timer ??= setTimeout(() => {
			// A log that cannot be read shows its trouble in the log tab.
			look().catch(() => undefined);
		}, pause);
	};

	const unwatch = log.watch(schedule);
	schedule();
	return () => {
		closed = true;
		clearTimeout(timer);
		unwatch();
		log.close().catch(() => undefined);
	};
}

/** The bar at the end of a log, if it ends with one, and its last line. */
export function motionIn(tail: string, reader = progressReader(undefined)): Motion {
	const decoder = createLineDecoder();
	const lines = [...decoder.push(Buffer.from(tail)), decoder.pending()]
		.map(({text}) => text)
		.filter(text => text.trim() !== '');
	const bars = reader.read(lines.slice(-nearEnd));
	const last = bars.findLastIndex(bar => bar !== undefined);
	const bar = bars[last];
	const over = bar?.percent === 100 && last < bars.length - 1;
	return {bar: over ? undefined : bar, lastLine: lines.at(-1) ?? ''};
}
