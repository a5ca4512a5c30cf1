import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

/** A program of the tests, bundled so that a plain node process can run it. */
export type Program = {
	readonly file: string;
	start: (...args: readonly string[]) => Running;
	/** Ends what still runs and removes the bundle. */
	remove: () => Promise<void>;
};

export type Running = {
	child: ChildProcess;
	/** The next line of its output; undefined when it has ended. */
	line: () => Promise<string | undefined>;
	/** Every further line until it has ended; throws when it failed by itself. */
	rest: () => Promise<string[]>;
	kill: () => Promise<void>;
};

/** @param entry the source, relative to `test/` */
export async function buildProgram(entry: string): Promise<Program> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-program-'));
	const outfile = path.join(folder, 'program.mjs');
	await build({
		entryPoints: [fileURLToPath(new URL(`../${entry}`, import.meta.url))],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		logLevel: 'error',
	});
	const all: Running[] = [];
	return {
		file: outfile,
		start(...args) {
			const running = run(outfile, args);
			all.push(running);
			return running;
		},
		async remove() {
			await Promise.all(all.map(running => running.kill()));
			await rm(folder, {recursive: true});
		},
	};
}

function run(file: string, args: readonly string[]): Running {
	const child = spawn(process.execPath, [file, ...args], {stdio: ['pipe', 'pipe', 'inherit']});
	const ended = once(child, 'exit');
	const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
	const line = async () => {
		const next = await lines.next();
		return next.done ? undefined : next.value;
	};

	return {
		child,
		line,
		async rest() {
			const all: string[] = [];
			for (let text = await line(); text !== undefined; text = await line()) {
				all.push(text);
			}

			const [code] = await ended;
			if (code !== null && code !== 0) {
				throw new Error(`${args.join(' ')} ended with ${code}`);
			}

			return all;
		},
		async kill() {
			child.kill('SIGKILL');
			await ended;
		},
	};
}
