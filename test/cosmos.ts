import {type ChildProcess, spawn} from 'node:child_process';
import path from 'node:path';

/** The built program, as `npm test` makes it before the tests. */
export const program = path.join(import.meta.dirname, '..', 'dist', 'cli.js');

export type Ended = {code: number; stdout: string; stderr: string};

export type Started = {
	process: ChildProcess;
	/** Resolves when standard output (or error) matches, from the start on. */
	seen: (what: RegExp, where?: 'stdout' | 'stderr') => Promise<void>;
	ended: Promise<Ended>;
};

type Options = {
	/** Added to a bare environment: the tester's own configuration must not count. */
	env?: Readonly<Record<string, string>>;
	cwd?: string;
	/** Sent to standard input, which is then closed. */
	input?: string;
};

/** Starts `cosmos` without a terminal. */
export function startCosmos(words: readonly string[], options: Options = {}): Started {
	const child = spawn(process.execPath, [program, ...words], {
		cwd: options.cwd,
		env: {PATH: process.env.PATH, ...options.env},
	});
	const texts = {stdout: '', stderr: ''};
	const watchers = new Set<() => void>();
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (text: string) => {
			texts[name] += text;
			for (const watcher of watchers) {
				watcher();
			}
		});
	}

	child.stdin.end(options.input ?? '');
	const ended = new Promise<Ended>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code, signal) => {
			resolve({code: code ?? (signal ? -1 : 0), ...texts});
		});
	});
	return {
		process: child,
		ended,
		async seen(what, where = 'stdout') {
			const appeared = new Promise<void>(resolve => {
				const look = () => {
					if (what.test(texts[where])) {
						watchers.delete(look);
						resolve();
					}
				};

				watchers.add(look);
				look();
			});
			const early = ended.then(({code}) => {
				if (!what.test(texts[where])) {
					throw new Error(`ended with ${code} before ${what}:\n${texts.stdout}${texts.stderr}`);
				}
			});
			await Promise.race([appeared, early]);
		},
	};
}

/** Runs `cosmos` to its end. */
export function runCosmos(words: readonly string[], options: Options = {}): Promise<Ended> {
	return startCosmos(words, options).ended;
}
