import {ConnectionLostError} from '../../../domain/errors.js';
import {parseExitCode} from '../../../domain/exit-code.js';
import {cleanText} from '../../../domain/runs/log-lines.js';
import type {TakeOutput, Transport} from '../../transport/transport.js';
import type {SlurmEnd} from './slurm-end.js';
import {runSlurm} from './slurm-shell.js';
import {type WatchOptions, watchScript} from './slurm-watch-script.js';

export type FollowOptions = {
	onOutput: TakeOutput;
	/** The job waits: why, how many are before it, when it may start; in words. */
	onLine?: (words: string) => void;
	onBegun?: (made: readonly string[]) => void;
};

export type SlurmWatch = {
	/**
	 * Follows a job that Slurm has been given, from a byte of its output on, to its end.
	 * @throws ConnectionLostError when the line, or the follower there, has broken
	 */
	follow: (runId: string, offset: number, options: FollowOptions) => Promise<SlurmEnd>;
};

type Followed = FollowOptions & {
	made: string[];
	resolve: (end: SlurmEnd) => void;
	reject: (error: unknown) => void;
};

/** One follower there, and all that is followed by it. */
type Follower = {
	runs: Map<string, Followed>;
	/** The folder with the list of what to follow. */
	folder: Promise<string>;
};

/**
 * All jobs of a host are followed by one command there, whose output has the words and bytes of all of
 * them. It is started with the first one and ends with the last one.
 */
export function createSlurmWatch(transport: Transport, options: WatchOptions): SlurmWatch {
	let current: Follower | undefined;

	function start(): Follower {
		const runs: Follower['runs'] = new Map();
		let ready = (_folder: string) => {};
		let unready = (_error: unknown) => {};
		const folder = new Promise<string>((resolve, reject) => {
			ready = resolve;
			unready = reject;
		});
		// The follower reports it; until then it must not count as unhandled.
		folder.catch(() => undefined);
		const follower = {runs, folder};
		const end = (error: unknown) => {
			current = current === follower ? undefined : current;
			unready(error);
			for (const run of runs.values()) {
				run.reject(error);
			}

			runs.clear();
		};

		const reader = readWatch({
			onWord: (word, rest) => (word === 'ready' ? ready(rest) : tell(follower, word, rest)),
			onOutput: (runId, chunk) => runs.get(runId)?.onOutput(chunk),
		});
		runSlurm(transport, watchScript(options), {onOutput: reader}).then(
			({stderr}) => end(new ConnectionLostError(transport.host, new Error(stderr.trim()))),
			end,
		);
		return follower;
	}

	function tell(follower: Follower, word: string, rest: string): void {
		const [runId = '', ...facts] = rest.split(' ');
		const run = follower.runs.get(runId);
		if (word === 'pending') {
			run?.onLine?.(lineWords(facts));
		} else if (word === 'made') {
			run?.made.push(facts.join(' '));
		} else if (word === 'begun') {
			run?.onBegun?.(run.made);
		} else if (word === 'end') {
			follower.runs.delete(runId);
			if (follower.runs.size === 0) {
				current = current === follower ? undefined : current;
				// It sees that its folder is gone.
				follower.folder.then(folder => transport.remove(folder)).catch(() => undefined);
			}

			run?.resolve(endOf(facts));
		}
	}

	return {
		async follow(runId, offset, followOptions) {
			current ??= start();
			const follower = current;
			const ended = new Promise<SlurmEnd>((resolve, reject) => {
				follower.runs.set(runId, {...followOptions, made: [], resolve, reject});
			});
			// An early report, before the file is written; it is thrown below.
			ended.catch(() => undefined);
			try {
				await transport.writeFile(`${await follower.folder}/${runId}`, `${offset}\n`);
			} catch (error) {
				follower.runs.delete(runId);
				throw error;
			}

			return ended;
		},
	};
}

function endOf([
	code,
	state,
	ended,
	node,
	job,
	begun,
	requeued,
	reason,
]: readonly string[]): SlurmEnd {
	const known = (text: string | undefined) =>
		text === undefined || text === '-' ? undefined : cleanText(text);
	return {
		code: parseExitCode(code),
		state: known(state),
		ended: known(ended),
		node: known(node),
		job: known(job),
		begun: begun === 'yes',
		requeued: requeued === 'yes',
		reason: known(reason),
	};
}

/** Slurm's reasons that would say too little, or fill a line. */
const reasonWords: ReadonlyArray<readonly [RegExp, string]> = [
	[/^Nodes required for job are DOWN.*/, 'nodes down, drained or reserved'],
	[/^PartitionDown$/, 'the partition is closed'],
	[/^PartitionTimeLimit$/, 'PartitionTimeLimit: the time limit is above that of the partition'],
	[/^PartitionConfig$/, 'PartitionConfig: the partition does not have what the job asks for'],
];

/** `Priority, 3 ahead, expected to start 2026-11-26 14:05`, the time by the host's clock. */
function lineWords([ahead = '-', start = '', ...reason]: readonly string[]): string {
	const given = reason.join(' ');
	const [pattern, text = ''] = reasonWords.find(([one]) => one.test(given)) ?? [];
	const words = [
		pattern ? given.replace(pattern, text) : given,
		/^[1-9]\d*$/.test(ahead) ? `${ahead} ahead` : '',
		/^\d{4}-.*T/.test(start) ? `expected to start ${start.replace('T', ' ').slice(0, 16)}` : '',
	];
	return cleanText(words.filter(word => word !== '' && word !== 'None').join(', '));
}

const newline = 0x0a;

/** Parts what a follower says into its words and the runs' bytes, however it is cut. */
export function readWatch({
	onWord,
	onOutput,
}: {
	onWord: (word: string, rest: string) => void;
	onOutput: (runId: string, chunk: Buffer) => ReturnType<TakeOutput>;
}): TakeOutput {
	let head: Buffer = Buffer.alloc(0);
	let giving = {runId: '', left: 0};
	return chunk => {
		let rest = chunk;
		const taking: Array<ReturnType<TakeOutput>> = [];
		while (rest.length > 0) {
			if (giving.left > 0) {
				const bytes = rest.subarray(0, giving.left);
				giving.left -= bytes.length;
				rest = rest.subarray(bytes.length);
				taking.push(onOutput(giving.runId, bytes));
				continue;
			}

			const end = rest.indexOf(newline);
			if (end < 0) {
				head = Buffer.concat([head, rest]);
				break;
			}

			const line = Buffer.concat([head, rest.subarray(0, end)]).toString();
			head = Buffer.alloc(0);
			rest = rest.subarray(end + 1);
			const [word = '', ...words] = line.split(' ');
			if (word === 'out') {
				giving = {runId: words[0] ?? '', left: Number(words[1])};
			} else {
				onWord(word, words.join(' '));
			}
		}

		const held = taking.filter(one => one !== undefined);
		return held.length > 0 ? Promise.all(held).then(() => undefined) : undefined;
	};
}
