import {batchModelOf} from '../../domain/models/models.js';
import {leadOf, placeInBatch} from '../../domain/runs/batch.js';
import {createOutputSplitter, type OutputPart} from '../../domain/runs/batch-parts.js';
import {createLineDecoder} from '../../domain/runs/log-lines.js';
import {describeFlags} from '../../domain/runs/measures.js';
import type {Progress} from '../../domain/runs/progress.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import {kindName} from '../../domain/settings/settings-tables.js';
import {formatBytes, formatBytesOf, formatDuration, statusSigns} from '../../domain/text-format.js';
import type {Run, RunStatus} from '../../domain/types.js';
import type {RunWatcher, TransferProgress} from '../../executor/run-watcher.js';
import {type ProgressReader, progressReader} from '../../workflow/runs/run-progress.js';
import type {Workflow} from '../../workflow/workflow-types.js';
import type {CommandContext} from '../verb.js';

/** Whose job is running, of the narrators that share a terminal. */
export type Stage = {running?: object};

/** Milliseconds between two looks at the time of a bar that stands still. */
const refreshEvery = 5000;
/** Lines at the end of a chunk that may contain a progress. */
const nearEnd = 3;

/**
 * Prints the progress of a run at the command line: a line for every step, and on a terminal one
 * line below that changes. With `stream` the log goes to standard output: cleaned on a terminal,
 * byte for byte elsewhere.
 * @param stage of those who share the terminal: the line below belongs to the one whose job is running
 */
export function narrate(
	{out, note, live, outIsTerminal}: CommandContext,
	stream: boolean,
	workflow?: Pick<Workflow, 'usualSeconds'>,
	stage: Stage = {},
): RunWatcher & {finish: () => void} {
	const decoder = createLineDecoder();
	const reported = new Map<string, RunStatus>();
	let reader: ProgressReader | undefined;
	let problemShown = false;
	/** The run that the container in progress is named after. */
	let lead: string | undefined;
	let ticking: NodeJS.Timeout | undefined;
	/** The runs of that container by their place, and the places of those that it works on. */
	let members = new Map<number, Run>();
	let working: readonly number[] | undefined;
	let partsOf: ((chunk: Buffer) => OutputPart[]) | undefined;
	const say = (line: string) => {
		clearInterval(ticking);
		live('');
		note(`${line}\n`);
	};

	const readerOf = (run: Run | undefined, fromStart: boolean): ProgressReader => {
		const made = progressReader(run, fromStart);
		if (run && made.expect) {
			workflow?.usualSeconds(run).then(made.expect, () => undefined);
		}

		return made;
	};

	/** The bar that still moves, or what a recipe has reported last, in whole lines perhaps. */
	const progressIn = (lines: ReadonlyArray<{text: string}>) => {
		const texts = lines
			.map(({text}) => text)
			.filter(text => text.trim() !== '')
			.slice(-nearEnd);
		const problem = reader?.problem();
		if (problem !== undefined && !problemShown) {
			problemShown = true;
			say(`the recipe's progress pattern cannot be used: ${problem}`);
		}

		return reader?.read(texts).findLast(one => one !== undefined);
	};

	const show = (progress: Progress | undefined) => {
		if (progress) {
			const {label, percent, done, total, unit, etaSeconds} = progress;
			const size = members.get(working?.[0] ?? 0)?.batch?.size;
			const which = working ? `${placesIn(working)} of ${size}  ` : '';
			const counted = `${done}/${total}${unit === undefined ? '' : ` ${unit}`}`;
			const rest = etaSeconds === undefined ? '' : `  eta ${formatDuration(etaSeconds)}`;
			live(`${which}${label || 'sampling'} ${percent}%  ${counted}${rest}`);
		}

		return progress;
	};

	const me = {};
	return {
		onChange(run) {
			if (run.status === 'running') {
				stage.running = me;
			} else if (stage.running === me) {
				stage.running = undefined;
			}

			// The runs of a batch share its steps; each has its own start and end.
			const together = run.batch && run.status !== 'pending' && !hasOwnStep(run);
			const reporter = together ? `batch ${leadOf(run)}` : run.id;
			if (!reader || (lead !== leadOf(run) && !hasOwnStep(run))) {
				lead = leadOf(run);
				// Of a run that is joined in its middle, what was printed before is not seen.
				reader = readerOf(run, run.times.sampling === undefined);
				members = new Map();
				working = undefined;
				partsOf = splitterOf(run);
			}

			if (lead === leadOf(run)) {
				members.set(run.batch?.index ?? 0, run);
			}

			if (run.status !== reported.get(reporter)) {
				reported.set(reporter, run.status);
				say(together ? batchLine(run) : stepLine(run));
				for (const text of run.measures && !isUnfinished(run.status)
					? describeFlags(run.measures)
					: []) {
					say(`warning: ${run.id}: ${text}`);
				}
			}
		},
		onNotice: say,
		onTransfer(progress) {
			if (stage.running && stage.running !== me) {
				return;
			}

			clearInterval(ticking);
			live(transferLine(progress));
		},
		onOutput(chunk) {
			if (stream && !outIsTerminal) {
				out(chunk);
			}

			for (const {indexes, bytes} of partsOf?.(chunk) ?? [{bytes: chunk} as OutputPart]) {
				// Each run of a batch has bars of its own number; of several, the first process draws its own.
				if (indexes && indexes[0] !== working?.[0]) {
					reader = readerOf(members.get(indexes[0] ?? 0), true);
				}

				working = indexes ?? working;

				reader?.watch?.(bytes);
			}

			const lines = decoder.push(chunk);
			if (stream && outIsTerminal && lines.length > 0) {
				live('');
				for (const line of lines) {
					out(Buffer.from(`${line.text}\n`));
				}
			}

			clearInterval(ticking);
			const near = [...lines, decoder.pending()];
			const progress = show(progressIn(near));
			if (progress?.unit !== undefined) {
				// Nothing more is printed for minutes, in which the time goes on.
				ticking = setInterval(() => show(progressIn(near)), refreshEvery).unref();
			}
		},
		finish() {
			clearInterval(ticking);
			live('');
		},
	};
}

/** `3`, or `5–8` of runs that are made side by side. */
function placesIn(working: readonly number[]): string {
	const [first, last] = [working[0] ?? 0, working.at(-1) ?? 0];
	return first === last ? `${first + 1}` : `${first + 1}–${last + 1}`;
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

/** Says which run of a batch each part of the output belongs to. */
function splitterOf(run: Run): ((chunk: Buffer) => OutputPart[]) | undefined {
	const {batch} = run;
	const model = batchModelOf(run);
	if (!batch || !model) {
		return undefined;
	}

	const splitter = createOutputSplitter(model.begins, batch.size);
	return chunk => splitter.push(chunk);
}

function formatTook({createdAt, times}: Run): string {
	const seconds = (Date.parse(times.ended ?? createdAt) - Date.parse(createdAt)) / 1000;
	return times.ended ? ` after ${formatDuration(seconds)}` : '';
}
