import type {Readable} from 'node:stream';
import {CosmosError} from '../../domain/errors.js';
import {formatBytes} from '../../domain/text-format.js';
import {mostErrors, mostOutput, type TakeOutput} from './transport.js';

export type Taking = {
	/** Only ever rejects, as the taker did. */
	refused: Promise<never>;
	/** Resolves when the taker is done with what it has got so far. */
	done: () => Promise<void>;
};

/** Passes the data of a stream to a consumer, and pauses the stream while the consumer is busy. */
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
	// Whoever waits for the stream learns it, if anybody does.
	refused.catch(() => undefined);
	return {refused, done: async () => held};
}

/** A command's output that is kept for its result. */
export type KeptOutput = {take: TakeOutput; text: () => string};

/** Keeps all of it; more than a command may say is an error, whatever else it would say. */
export function keepOutput(host: string): KeptOutput {
	const chunks: Buffer[] = [];
	let length = 0;
	return {
		take(chunk) {
			length += chunk.length;
			if (length > mostOutput) {
				return Promise.reject(tooMuch(host));
			}

			chunks.push(chunk);
			return undefined;
		},
		text: () => Buffer.concat(chunks).toString(),
	};
}

/** Keeps the end of what a command says on standard error. */
export function keepErrors(): KeptOutput {
	let chunks: Buffer[] = [];
	let length = 0;
	const end = () => Buffer.concat(chunks).subarray(-mostErrors);
	return {
		take(chunk) {
			chunks.push(chunk);
			length += chunk.length;
			if (length > 2 * mostErrors) {
				// A copy: a part of a buffer would keep all of it.
				chunks = [Buffer.from(end())];
				length = chunks[0]?.length ?? 0;
			}

			return undefined;
		},
		text: () => end().toString(),
	};
}

function tooMuch(host: string): CosmosError {
	return new CosmosError(
		'host',
		`a command on ${host} printed more than ${formatBytes(mostOutput)}`,
		{
			hint: 'Look at what it prints there; a shell or a tool may be replaced by another program.',
		},
	);
}
