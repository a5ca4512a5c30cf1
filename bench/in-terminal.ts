import {keys, openTerminal, type Terminal} from '../test/pty/terminal.js';
import {seconds} from './measure.js';

export type Started = {
	command: readonly [string, ...string[]];
	env?: Readonly<Record<string, string>>;
	/** Keys pressed once a text is on the screen, one after the other. */
	keys?: ReadonlyArray<{after: RegExp; send: string}>;
	/** What the screen shows when it is done. */
	ready: RegExp;
};

const size = {columns: 120, rows: 40};

/** Starts a program in a terminal of 120x40, waits until it is ready, and ends it. */
export async function untilShown(started: Started): Promise<void> {
	await inTerminal(started, async () => undefined);
}

/** Does something with a program that is ready. */
export async function inTerminal<T>(
	{command, env, keys = [], ready}: Started,
	work: (terminal: Terminal) => Promise<T>,
): Promise<T> {
	const terminal = openTerminal({command, ...size, env});
	try {
		for (const {after, send} of keys) {
			await terminal.waitFor(after);
			terminal.send(send);
		}

		await terminal.waitFor(ready);
		return await work(terminal);
	} finally {
		await terminal.close();
	}
}

/** Seconds from keys to what the screen answers. */
export function answered(terminal: Terminal, keys: readonly string[], wanted: RegExp) {
	return seconds(async () => {
		const shown = untilAnswered(terminal, wanted);
		terminal.send(...keys);
		await shown;
	});
}

/** Waits for longer than the terminal's own bound. @throws Error when the program ends before */
export async function untilAnswered(terminal: Terminal, wanted: RegExp): Promise<void> {
	let ended = false;
	terminal.exited.then(() => {
		ended = true;
	});
	while (!ended) {
		try {
			await terminal.waitFor(wanted);
			return;
		} catch {
			// Not yet.
		}
	}

	throw new Error(`the program has ended without showing ${wanted}`);
}

/** Erases a line that is typed. */
const eraseLine = '\u0015';

/** Seconds that the log pane takes to say that words are nowhere in its log. */
export async function searchedInVain(terminal: Terminal, absent: string): Promise<number> {
	terminal.send('/');
	await terminal.waitFor('esc cancel');
	// It begins with what was searched for last.
	terminal.send(eraseLine);
	await terminal.waitFor(/\n \/ {3}/);
	return answered(terminal, [absent, keys.enter], new RegExp(`no "${absent}`));
}
