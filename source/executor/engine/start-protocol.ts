import {cleanText} from '../../domain/runs/log-lines.js';
import {mostValues} from '../../domain/runs/provenance.js';
import type {TakeOutput} from '../transport/transport.js';

/**
 * What a start script says on standard output before the job's own bytes: lines `ready`,
 * `wait HOLDER`, `made KEY VALUE` (`provenance-script.ts`) and, as the last one, `start`. Everything after `start` is the job's output.
 */
export type StartEvents = {
	/** The host knows of the job from now on: it can be stopped there. */
	onReady: () => void;
	/** Somebody else has the slot: the run, who started it, and since when. */
	onWait: (holder: string) => void;
	/** The slot is taken; the job itself begins. */
	onStart?: (made: readonly string[]) => void;
	onOutput: TakeOutput;
};

export type StartReader = {
	push: TakeOutput;
	/** Whether the job itself was started. */
	started: () => boolean;
	/** Bytes of the job's output so far. */
	received: () => number;
};

const newline = 0x0a;
/** A protocol line is short; more without a newline is unrelated output and is dropped. */
const longestLine = 4096;

/** Separates a start script's output into protocol lines and the job's bytes, however it is cut. */
export function readStart(events: StartEvents): StartReader {
	let head: Buffer = Buffer.alloc(0);
	let started = false;
	let received = 0;
	let reported = '';
	const made: string[] = [];

	function handleLine(line: string) {
		const [word, run, startedBy, ...state] = line.split(' ');
		if (word === 'ready') {
			events.onReady();
		} else if (word === 'wait' && run && run !== reported) {
			reported = run;
			events.onWait(describeHolder(run, startedBy, state.join(' ')));
		} else if (word === 'made' && made.length < mostValues) {
			made.push(line.slice(word.length + 1));
		}
	}

	function give(bytes: Buffer) {
		received += bytes.length;
		return bytes.length > 0 ? events.onOutput(bytes) : undefined;
	}

	return {
		push(chunk) {
			if (started) {
				return give(chunk);
			}

			head = Buffer.concat([head, chunk]);
			for (let end = head.indexOf(newline); end >= 0; end = head.indexOf(newline)) {
				const line = head.subarray(0, end).toString();
				head = head.subarray(end + 1);
				if (line === 'start') {
					started = true;
					events.onStart?.(made);
					return give(head);
				}

				handleLine(line);
			}

			head = head.length > longestLine ? Buffer.alloc(0) : head;
			return undefined;
		},
		started: () => started,
		received: () => received,
	};
}

function describeHolder(run: string, startedBy: string | undefined, state: string): string {
	const details = [startedBy && `of ${startedBy}`, state && `(${state.toLowerCase()})`];
	return cleanText([run, ...details].filter(Boolean).join(' '));
}
