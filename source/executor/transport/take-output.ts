import type {Readable} from 'node:stream';
import type {TakeOutput} from './transport.js';

export type Taking = {
	/** Only ever rejects, as the taker did. */
	refused: Promise<never>;
	/** Resolves when the taker is done with what it has got so far. */
	done: () => Promise<void>;
};

/** Gives what a stream brings to its taker, and lets the stream wait while the taker does. */
export function takeOutput(stream: Readable, take: TakeOutput): Taking {
	let held: Promise<void> | void;
	const refused = new Promise<never>((_, reject) => {
		stream.on('data', (chunk: Buffer) => {
			held = take(chunk);
			if (held) {
				stream.pause();
				held.then(() => stream.resume(), reject);
			}
		});
	});
	return {refused, done: async () => held};
}

/** Keeps all of it, for the result. */
export function collectTo(chunks: Buffer[]): TakeOutput {
	return chunk => {
		chunks.push(chunk);
	};
}
