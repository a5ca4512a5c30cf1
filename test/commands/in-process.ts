import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import {call} from '../../source/commands/call.js';
import {verbs} from '../../source/commands/verbs.js';
import {openStore, type Store} from '../../source/store/store.js';
import {samplePrompt, sampleRun} from '../store/samples.js';

export type Answer = {code: number; stdout: string; stderr: string};

type Options = {
	env?: Readonly<Record<string, string>>;
	/** What standard input holds. */
	input?: string;
	/** Standard output is a terminal of this width. */
	columns?: number;
	/** The words as they are, without `--data` behind them. */
	bare?: boolean;
};

/** A data folder of its own, and the command line over it inside this process: quick. */
export type Shell = {
	folder: string;
	data: string;
	store: Store;
	cosmos: (words: readonly string[], options?: Options) => Promise<Answer>;
	close: () => void;
};

export async function openShell(): Promise<Shell> {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-shell-'));
	const data = path.join(folder, 'data');
	const store = await openStore({folder: data});
	return {
		folder,
		data,
		store,
		cosmos: (words, options) =>
			answer(options?.bare ? words : [...words, '--data', data], folder, options),
		close() {
			store.close();
			rmSync(folder, {recursive: true, force: true});
		},
	};
}

/** A prompt with a color video that is there, whatever it holds. */
export function addPromptWithVideo({folder, store}: Pick<Shell, 'folder' | 'store'>) {
	const file = path.join(folder, 'color.mp4');
	writeFileSync(file, 'video');
	return store.addPrompt(id => {
		const prompt = samplePrompt(id);
		return {...prompt, inputs: prompt.inputs.map(input => ({...input, path: file, size: 5}))};
	});
}

async function answer(
	words: readonly string[],
	home: string,
	{env = {}, input = '', columns}: Options = {},
): Promise<Answer> {
	let stdout = '';
	let stderr = '';
	const code = await call(
		words,
		verbs,
		{openDashboard: () => Promise.reject(new Error('the dashboard was opened'))},
		{
			stdin: Readable.from([input]),
			stdout: {
				isTTY: columns !== undefined,
				columns,
				write(data) {
					stdout += data;
				},
			},
			stderr: {
				write(text) {
					stderr += text;
				},
			},
			env: {PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: path.join(home, 'etc'), ...env},
		},
	);
	return {code, stdout, stderr};
}

/** A prompt and a run of it that has ended well. */
export async function addFinished(store: Store) {
	const prompt = await store.addPrompt(id => samplePrompt(id));
	const run = await store.addRun(id => ({
		...sampleRun(id, {promptId: prompt.id}),
		status: 'completed',
		exitCode: 0,
		outputs: [
			{name: 'edge_input_control_0.mp4', size: 1, sha256: 'a'.repeat(64)},
			{name: 'output.mp4', size: 1, sha256: 'a'.repeat(64)},
		],
	}));
	return {prompt, run};
}
