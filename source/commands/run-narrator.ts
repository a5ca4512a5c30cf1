import {leadOf, placeInBatch} from '../domain/batch.js';
import {createOutputSplitter} from '../domain/batch-parts.js';
import {createLineDecoder} from '../domain/log-lines.js';
import {batchModelOf} from '../domain/models/models.js';
import {isUnfinished} from '../domain/run-status.js';
import {kindName} from '../domain/settings-tables.js';
import {formatBytes, formatBytesOf, formatDuration, statusSigns} from '../domain/text-format.js';
import type {Run, RunStatus} from '../domain/types.js';
import type {RunWatcher, TransferProgress} from '../executor/run-watcher.js';
import {type ProgressReader, progressReader} from '../workflow/run-progress.js';
import type {CommandContext} from './verb.js';

/** Lines at the end of a chunk that may contain a progress. */
const nearEnd = 3;

/**
 * Prints the progress of a run at the command line: a line for every step, and on a terminal one
 * line below that changes. With `stream` the log goes to standard output: cleaned on a terminal,
 * byte for byte elsewhere.
 */
export function narrate(
	{out, note, live, outIsTerminal}: CommandContext,
	stream: boolean,
): RunWatcher & {finish: () => void} {
	const decoder = createLineDecoder();
	const reported = new Map<string, RunStatus>();
	let reader: ProgressReader | undefined;
	let problemShown = false;
	/** The run that the container in progress is named after. */
	let lead: string | undefined;
	let whichOf: ((chunk: Buffer) => string) | undefined;
	const say = (line: string) => {
		live('');
		note(`${line}\n`);
	};

	/** The bar that still moves, or what a recipe has reported last, in whole lines perhaps. */
	const progressIn = (lines: ReadonlyArray<{text: string}>) => {
		const texts = lines.slice(-nearEnd).map(({text}) => text);
		const problem = reader?.problem();
		if (problem !== undefined && !problemShown) {
			problemShown = true;
			say(`the recipe's progress pattern cannot be used: ${problem}`);
		}

		return reader?.read(texts).findLast(one => one !== undefined);
	};

	return {
		onChange(run) {
			// The runs of a batch share its steps; each has its own start and end.
			const together = run.batch && run.status !== 'pending' && !hasOwnStep(run);
			const reporter = together ? `batch ${leadOf(run)}` : run.id;
			if (!reader || (lead !== leadOf(run) && !hasOwnStep(run))) {
				lead = leadOf(run);
				// Of a run that is joined in its middle, what was printed before is not seen.
				reader = progressReader(run, run.times.sampling === undefined);
				whichOf = counterOf(run);
			}

			if (run.status !== reported.get(reporter)) {
				reported.set(reporter, run.status);
				say(together ? batchLine(run) : stepLine(run));
			}
		},
		onNotice: say,
		onTransfer: progress => live(transferLine(progress)),
		onOutput(chunk) {
			if (stream && !outIsTerminal) {
				out(chunk);
			}

			reader?.watch?.(chunk);
			const lines = decoder.push(chunk);
			const which = whichOf?.(chunk) ?? '';
			if (stream && outIsTerminal && lines.length > 0) {
				live('');
				for (const line of lines) {
					out(Buffer.from(`${line.text}\n`));
				}
			}

			const progress = progressIn([...lines, decoder.pending()]);
			if (progress) {
				const rest =
					progress.etaSeconds === undefined ? '' : `  eta ${formatDuration(progress.etaSeconds)}`;
				live(
					`${which}${progress.label || 'sampling'} ${progress.percent}%  ${progress.done}/${progress.total}${rest}`,
				);
			}
		},
		finish: () => live(''),
	};
}

/** Whether a run of a batch is further on than its container. */
function hasOwnStep({status, batch}: Run): boolean {
	return !isUnfinished(status) || (status === 'downloading' && !batch?.exit);
}

/** `upload color.mp4 45%  12 of 27 MiB  9.8 MiB/s  eta 0:02` */
function transferLine(progress: TransferProgress): string {
	const {direction, file, done, total, bytesPerSecond, etaSeconds} = progress;
	const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
	return [
		`${direction} ${file} ${percent}%`,
		formatBytesOf(done, total),
		bytesPerSecond === undefined ? '' : `${formatBytes(bytesPerSecond)}/s`,
		etaSeconds === undefined ? '' : `eta ${formatDuration(etaSeconds)}`,
	]
		.filter(Boolean)
		.join('  ');
}

function stepLine(run: Run): string {
	const simulated = run.simulated && run.status === 'pending' ? ' (simulated)' : '';
	const kind = kindName(run);
	const what = kind === 'transfer' ? '' : `${kind} `;
	const place = run.batch ? ` (${placeInBatch(run)})` : '';
	const line = `${statusSigns[run.status]} ${run.id} ${what}${run.promptName}${place} on ${run.host}: ${run.status}${simulated}`;
	return isUnfinished(run.status) ? line : `${line}${formatTook(run)}`;
}

function batchLine({batch, host, status}: Run): string {
	return `${statusSigns[status]} batch of ${batch?.size} on ${host}: ${status}`;
}

/** Tracks which run of a batch the output belongs to: `2 of 3 `, or nothing before the first. */
function counterOf(run: Run): ((chunk: Buffer) => string) | undefined {
	const {batch} = run;
	const model = batchModelOf(run);
	if (!batch || !model) {
		return undefined;
	}

	const splitter = createOutputSplitter(model.begins, batch.size);
	return chunk => {
		splitter.push(chunk);
		return splitter.begun() === 0 ? '' : `${splitter.begun()} of ${batch.size}  `;
	};
}

function formatTook({createdAt, times}: Run): string {
	const seconds = (Date.parse(times.ended ?? createdAt) - Date.parse(createdAt)) / 1000;
	return times.ended ? ` after ${formatDuration(seconds)}` : '';
}
