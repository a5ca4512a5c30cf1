import {createLineDecoder} from '../domain/runs/log-lines.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import type {LogFile} from '../store/log-file.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {type CommandContext, switchFlag, textFlag, type Verb} from './verb.js';

const chunkSize = 1 << 18;

export const logs: Verb = {
	name: 'logs',
	summary: "print a run's log",
	usage: 'RUN [flags]',
	details: `
Byte for byte as the container wrote it; on a terminal without its control characters.`,
	endsWithReader: true,
	args: [1, 1],
	completes: ['run'],
	flags: [
		switchFlag('follow', 'follow until the run ends', {shortFlag: 'f'}),
		textFlag('tail', 'N', 'only the last N lines'),
	],
	examples: [
		['cosmos logs latest --follow', 'the newest run, live'],
		['cosmos logs run_6x0k --tail 50', 'the last 50 lines'],
	],
	async run(context, words) {
		const tail = words.whole('tail', 0);
		const workflow = await context.workflow();
		const {run} = await workflow.findRun(words.args[0] as string);
		const log = workflow.openLog(run.id);
		try {
			const start = tail === undefined ? 0 : await startOfTail(log, tail);
			const print = printer(context);
			const printed = await printFrom(log, start, print, context.signal);
			if (words.on('follow')) {
				await follow(workflow, run.id, log, printed, print, context.signal);
			}

			print.end();
		} finally {
			await log.close();
		}

		return context.signal.aborted ? 130 : 0;
	},
};

type Printer = {chunk: (chunk: Buffer) => void; end: () => void};

function printer({out, outIsTerminal}: CommandContext): Printer {
	if (!outIsTerminal) {
		return {chunk: out, end: () => undefined};
	}

	const decoder = createLineDecoder();
	const print = (text: string) => out(Buffer.from(`${text}\n`));
	return {
		chunk(chunk) {
			for (const line of decoder.push(chunk)) {
				print(line.text);
			}
		},
		end() {
			const rest = decoder.pending().text;
			if (rest !== '') {
				print(rest);
			}
		},
	};
}

/** Prints from a byte to the end of the file; returns the byte where it stopped. */
async function printFrom(
	log: LogFile,
	start: number,
	print: Printer,
	signal: AbortSignal,
): Promise<number> {
	let at = start;
	while (!signal.aborted) {
		const chunk = await log.read(at, at + chunkSize);
		if (chunk.length === 0) {
			break;
		}

		print.chunk(chunk);
		at += chunk.length;
	}

	return at;
}

/** The byte at which the last `count` lines begin; reads backwards. */
async function startOfTail(log: LogFile, count: number): Promise<number> {
	const size = await log.size();
	let end = size;
	let found = 0;
	while (end > 0 && count > 0) {
		const from = Math.max(0, end - chunkSize);
		const chunk = await log.read(from, end);
		// The newline that ends the last line begins no further one.
		let at = end === size && chunk.at(-1) === 10 ? chunk.length - 1 : chunk.length;
		while (at > 0) {
			at = chunk.lastIndexOf(10, at - 1);
			if (at < 0) {
				break;
			}

			found++;
			if (found === count) {
				return from + at + 1;
			}
		}

		end = from;
	}

	return count === 0 ? size : 0;
}

/** Prints what is appended until the run has ended, woken by the file system alone. */
async function follow(
	workflow: Workflow,
	runId: string,
	log: LogFile,
	start: number,
	print: Printer,
	signal: AbortSignal,
): Promise<void> {
	let at = start;
	let wake = () => {};
	let changed = false;
	const onChange = () => {
		changed = true;
		wake();
	};

	const stops = [log.watch(onChange), workflow.watch(onChange)];
	signal.addEventListener('abort', onChange, {once: true});
	try {
		while (!signal.aborted) {
			// The status first: bytes written before the end are then read after it was seen.
			const {shown} = await workflow.findRun(runId);
			at = await printFrom(log, at, print, signal);
			if (!isUnfinished(shown)) {
				return;
			}

			await new Promise<void>(resolve => {
				wake = resolve;
				if (changed) {
					resolve();
				}
			});
			changed = false;
		}
	} finally {
		for (const stop of stops) {
			stop();
		}
	}
}
