import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {onTestFinished} from 'vitest';
import {program, runCosmos} from '../cosmos.js';
import {keys, openTerminal, type Terminal} from './terminal.js';

export type Opened = Terminal & {
	/** Folder of this test, removed after it, and of the data in it. */
	folder: string;
	data: string;
	/** Runs a verb of the command line on the same data. */
	cosmos: (...words: string[]) => ReturnType<typeof runCosmos>;
};

type Options = {
	columns?: number;
	rows?: number;
	/** Seconds that the simulator takes for a step. @default 0.05 */
	step?: number;
	env?: Readonly<Record<string, string>>;
	/** What the simulator is to do wrong. */
	simulate?: string;
	/** Runs through a shell that tells, at the end, the exit code and how the terminal is set. */
	inShell?: boolean;
	/** With pictures of videos: a terminal of so many colours. @default false */
	pictures?: boolean;
	/** The terminal leaves questions about itself to the test. @default false */
	silent?: boolean;
	/** Words of the command line. */
	words?: readonly string[];
	/** A folder that another dashboard of the test has used. */
	folder?: string;
};

/**
 * A shell that stays at a Ctrl-C, as one in front of a person does, loses no output by it, and has
 * something typed ahead.
 */
const script = 'trap : INT; stty noflsh; printf ls; "$0" "$@"; echo "code $?"; stty -a';

/** Opens the built dashboard with the demo host, until the test ends, and waits until it is ready. */
export async function openDashboard(options: Options = {}): Promise<Opened> {
	const dashboard = await startDashboard(options);
	onTestFinished(dashboard.close);
	await dashboard.waitFor(ready);
	return dashboard;
}

/** The host has answered and the store has been read: from here on keys find something. */
export const ready = /● ready[\s\S]*1 Prompts ─+ \d[\s\S]*2 Runs [^\n]*\d\+? ─┤/;

/** Starts the built dashboard; `close` ends it and all that it has begun. */
export async function startDashboard(options: Options = {}): Promise<Opened> {
	const {columns = 120, rows = 40, step = 0.05, simulate, inShell = false} = options;
	const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'cosmos-pty-')));
	const data = path.join(folder, 'data');
	const env = {
		XDG_CONFIG_HOME: path.join(folder, 'config'),
		XDG_DATA_HOME: path.join(folder, 'share'),
		COSMOS_DATA: data,
		COLORTERM: '',
		COSMOS_SIMULATE_STEP: String(step),
		...options.env,
		...(simulate === undefined ? {} : {COSMOS_SIMULATE: simulate}),
	};
	const cosmos = (...given: string[]) => runCosmos(given, {env, cwd: folder});
	const words = [process.execPath, program, ...(options.words ?? [])] as const;
	const terminal = openTerminal({
		name: options.pictures ? 'xterm-256color' : 'xterm',
		command: inShell ? ['sh', '-c', script, ...words] : words,
		columns,
		rows,
		env,
		cwd: folder,
		silent: options.silent,
	});
	return {
		...terminal,
		folder,
		data,
		cosmos,
		async close() {
			await terminal.close();
			if (options.folder === undefined) {
				// A run outlives its dashboard, but not its test.
				await cosmos('kill-all', '--yes');
				await rm(folder, {recursive: true, force: true, maxRetries: 5});
			}
		},
	};
}

/** Launches the selected prompt with the form's defaults; resolves when its run is on the screen. */
export async function launch(dashboard: Opened): Promise<void> {
	dashboard.send('i');
	await dashboard.waitFor('Infer: ');
	dashboard.send(keys.enter);
	await dashboard.waitFor(/1 running/);
}
