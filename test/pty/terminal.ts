import {readSync} from 'node:fs';
import type {ReadStream} from 'node:tty';
import {type IPty, spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {bound} from '../bound.js';

export type TerminalOptions = {
	command: readonly [string, ...string[]];
	columns: number;
	rows: number;
	/** The kind of terminal, in `TERM`. @default 'xterm-256color' */
	name?: string;
	env?: Readonly<Record<string, string | undefined>>;
	cwd?: string;
	/** Answers no question about itself: the test does. @default false */
	silent?: boolean;
};

/** Milliseconds after which a wait has failed. */
const hang = bound / 2;

/** Sequences that blank a whole screen, which a person sees as flicker. */
const fullClears = /\u001b\[[23]?J/g;

/** A program in a real pseudo-terminal, and the screen that a person in front of it would see. */
export type Terminal = {
	pid: number;
	/** The rows of the screen, without blanks at their ends. */
	screen: () => string;
	/** The cells of the screen with their colours, as the headless terminal has them. */
	buffer: () => {
		line: (row: number) => xterm.IBufferLine | undefined;
		columns: number;
		rows: number;
	};
	/** Resolves with the screen as soon as it shows a text, or as a condition on it holds. */
	waitFor: (wanted: string | RegExp | ((screen: string) => boolean)) => Promise<string>;
	/** Types; names of `keys` or any text. */
	send: (...texts: string[]) => void;
	resize: (columns: number, rows: number) => Promise<void>;
	kill: (signal: NodeJS.Signals) => void;
	/** Bytes that the program has written. */
	written: () => number;
	/** How often it has blanked the whole screen. */
	fullClears: () => number;
	inAlternateScreen: () => boolean;
	cursorShown: () => boolean;
	bracketedPaste: () => boolean;
	/** Whether the program has asked for reports of the mouse. */
	mouse: () => boolean;
	/** Everything that the program has written. */
	output: () => string;
	exited: Promise<{code: number; signal: number}>;
	/** Ends the program if it still runs, and resolves when it has. */
	close: () => Promise<void>;
};

export const keys = {
	enter: '\r',
	escape: '\u001b',
	tab: '\t',
	up: '\u001b[A',
	down: '\u001b[B',
	right: '\u001b[C',
	left: '\u001b[D',
	pageUp: '\u001b[5~',
	pageDown: '\u001b[6~',
	backspace: '\u007f',
	ctrlC: '\u0003',
	ctrlS: '\u0013',
	paste: (text: string) => `\u001b[200~${text}\u001b[201~`,
};

export function openTerminal(options: TerminalOptions): Terminal {
	const {command, columns, rows, name = 'xterm-256color', env, cwd, silent = false} = options;
	const [file, ...args] = command;
	const screen = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
	const program = spawn(file, args, {
		name,
		cols: columns,
		rows,
		cwd,
		env: environment(env),
		encoding: null,
	});
	const chunks: string[] = [];
	const output = () => chunks.join('');
	let written = 0;
	let clears = 0;
	let cursorShown = true;
	/** The end of what came before: a sequence may be cut. */
	let tail = '';
	const listeners = new Set<() => void>();
	const decoder = new TextDecoder();
	const take = (bytes: Uint8Array) => {
		const data = decoder.decode(bytes, {stream: true});
		chunks.push(data);
		written += Buffer.byteLength(data);
		const [, shown] = /[\s\S]*\u001b\[\?25([hl])/.exec(tail + data) ?? [];
		cursorShown = shown === undefined ? cursorShown : shown === 'h';
		clears += countOf(tail + data) - countOf(tail);
		tail = data.slice(-5);
		screen.write(data);
	};

	// Without an encoding it gives bytes.
	program.onData(bytes => take(bytes as unknown as Uint8Array));
	readToEnd(program, take);
	screen.onWriteParsed(() => {
		for (const listener of listeners) {
			listener();
		}
	});
	// A terminal answers questions about itself; the program would wait for that.
	if (!silent) {
		screen.onData(answer => program.write(answer));
	}

	let running = true;
	const exited = new Promise<{code: number; signal: number}>(resolve => {
		program.onExit(({exitCode, signal = 0}) => {
			running = false;
			// The last output is still on its way through the terminal.
			screen.write('', () => {
				for (const listener of listeners) {
					listener();
				}

				resolve({code: exitCode, signal});
			});
		});
	});

	const text = () => {
		const {active} = screen.buffer;
		// Where a window has become narrower, xterm's alternate screen keeps the cells beyond its edge.
		const lines = Array.from({length: screen.rows}, (_, row) =>
			(
				active.getLine(active.viewportY + row)?.translateToString(true, 0, screen.cols) ?? ''
			).trimEnd(),
		);
		return lines.join('\n');
	};

	return {
		pid: program.pid,
		screen: text,
		buffer: () => ({
			line: row => screen.buffer.active.getLine(screen.buffer.active.viewportY + row),
			columns: screen.cols,
			rows: screen.rows,
		}),
		waitFor: wanted =>
			new Promise((resolve, reject) => {
				const settle = (done: () => void) => {
					listeners.delete(look);
					clearTimeout(timer);
					done();
				};

				const missing = (why: string) =>
					settle(() => reject(new Error(`${why} ${String(wanted)}:\n${text()}`)));
				const look = () => {
					// A terminal shows nothing of a frame before it is whole.
					if (screen.modes.synchronizedOutputMode && running) {
						return;
					}

					const now = text();
					if (holds(wanted, now)) {
						settle(() => resolve(now));
					} else if (!running) {
						missing('the program has ended without showing');
					}
				};

				// Only ends a wait that hangs, and says what the screen showed instead.
				const timer = setTimeout(() => missing(`in ${hang / 1000} s there was no`), hang);
				listeners.add(look);
				look();
			}),
		send: (...texts) => {
			for (const one of texts) {
				program.write(one);
			}
		},
		async resize(newColumns, newRows) {
			screen.resize(newColumns, newRows);
			program.resize(newColumns, newRows);
		},
		kill: signal => program.kill(signal),
		written: () => written,
		fullClears: () => clears,
		inAlternateScreen: () => screen.buffer.active.type === 'alternate',
		cursorShown: () => cursorShown,
		bracketedPaste: () => screen.modes.bracketedPasteMode,
		mouse: () => screen.modes.mouseTrackingMode !== 'none',
		output,
		exited,
		async close() {
			if (running) {
				program.kill('SIGKILL');
			}

			await exited;
			screen.dispose();
		},
	};
}

/**
 * The library closes its end 200 ms after the program's, whatever a busy tester has not read by then: it is
 * read first.
 */
function readToEnd(program: IPty, take: (bytes: Uint8Array) => void): void {
	const {_socket: socket, fd} = program as unknown as {_socket: ReadStream; fd: number};
	const destroy = socket.destroy.bind(socket);
	socket.destroy = error => {
		const bytes = Buffer.alloc(65_536);
		try {
			for (let read = 1; read > 0; ) {
				read = readSync(fd, bytes);
				take(bytes.subarray(0, read));
			}
		} catch {
			// There is no more: EAGAIN, or EIO when nobody has the other end.
		}

		return destroy(error);
	};
}

function countOf(text: string): number {
	return text.match(fullClears)?.length ?? 0;
}

function holds(wanted: string | RegExp | ((screen: string) => boolean), screen: string): boolean {
	if (typeof wanted === 'string') {
		return screen.includes(wanted);
	}

	return wanted instanceof RegExp ? wanted.test(screen) : wanted(screen);
}

/** The tester's own, without what would make Ink believe that nobody looks. */
function environment(given: TerminalOptions['env'] = {}): Record<string, string> {
	const whole = Object.entries({...process.env, CI: undefined, NO_COLOR: undefined, ...given});
	return Object.fromEntries(
		whole.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
	);
}
