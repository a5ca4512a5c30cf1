import {takeStopKey} from './job-control.js';

/** What is put between Ink and the terminal, when there is something to put there. */
export type Between = {
	/** Gets what the terminal has sent first of all, and gives what is left. */
	takeReports?: (text: string) => string;
	/**
	 * Gets what the terminal has sent, null when that is all for now, and gives what Ink is to read.
	 */
	read?: (chunk: string | null) => string | null;
	/** Gets what Ink writes, and gives what the terminal is to get. */
	write?: (text: string) => string;
};

/** What begins a report of the terminal, and Ctrl-Z: all else that is sent is a key for Ink. */
const notForInk = /[\u001a\u001b]/;

/** A terminal enters its alternate screen with the cursor where it was, in the middle of a line after a Ctrl-C. */
const enterScreen = '\u001b[?1049h';
const cursorHome = '\u001b[H';

export type InkStreams = {
	stdin: NodeJS.ReadStream;
	stdout: NodeJS.WriteStream;
	between: Between;
};

/** The two streams for Ink: the terminal's own but for what is put between, later if at all. */
export function createInkStreams(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): InkStreams {
	const between: Between = {};
	const read = () => {
		const chunk: Buffer | string | null = stdin.read();
		const sent = chunk === null ? null : String(chunk);
		const text = sent && notForInk.test(sent) ? takeOthers(takeStopKey(sent)) : sent;
		return between.read ? between.read(text) : text;
	};

	const takeOthers = (text: string) =>
		between.takeReports && text !== '' ? between.takeReports(text) : text;

	const write = (data: string, ...rest: never[]) => {
		const frame = data.replace(enterScreen, `${enterScreen}${cursorHome}`);
		return stdout.write(between.write ? between.write(frame) : frame, ...rest);
	};

	return {
		stdin: withMethod(stdin, 'read', read),
		stdout: withMethod(stdout, 'write', write),
		between,
	};
}

function withMethod<T extends object>(stream: T, name: string, method: unknown): T {
	return new Proxy(stream, {
		get(target, key) {
			const value = key === name ? method : Reflect.get(target, key);
			return typeof value === 'function' && key !== name ? value.bind(target) : value;
		},
	});
}
