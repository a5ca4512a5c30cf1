import {once} from 'node:events';

/** Where the program prints. A call resolves when the reader has kept up, so nothing piles up. */
export type Console = {
	stdout: (text: string | Uint8Array) => Promise<void>;
	stderr: (text: string | Uint8Array) => Promise<void>;
};

/** The process's own streams; a reader that went away ends the process as it ends Python. */
export function processConsole(): Console {
	const write = (stream: NodeJS.WriteStream) => async (text: string | Uint8Array) => {
		if (!stream.write(text)) {
			await once(stream, 'drain');
		}
	};

	for (const stream of [process.stdout, process.stderr]) {
		stream.on('error', () => process.exit(1));
	}

	return {stdout: write(process.stdout), stderr: write(process.stderr)};
}
