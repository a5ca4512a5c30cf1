import {createReadStream, createWriteStream} from 'node:fs';
import {open, stat, truncate} from 'node:fs/promises';
import path from 'node:path';
import {Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {createSpaceWatch} from '../../machine/free-space.js';
import {ifThere} from '../../machine/if-there.js';
import {throwIfAborted} from './abortable.js';
import {changedSize} from './host-claims.js';
import type {CopyOptions} from './transport.js';

/** Bytes read or written at once. */
export const chunkSize = 1 << 20;

/** Copies what `to` lacks of `from`; a longer `to` cannot be a prefix of it and starts again. */
export async function copy(
	host: string,
	from: string,
	to: string,
	options: CopyOptions & {mode?: number} = {},
): Promise<void> {
	const {onProgress, onChunk, signal, mode = 0o600} = options;
	const {size} = await stat(from);
	if (size !== (options.size ?? size)) {
		throw changedSize(host, from, options.size, size);
	}

	let done = await sizeSoFar(to);
	if (done > size) {
		await truncate(to, 0);
		done = 0;
	}

	throwIfAborted(signal);
	onProgress?.(done);
	const watchSpace = createSpaceWatch(path.dirname(to));
	const count = new Transform({
		transform(chunk: Buffer, _encoding, callback) {
			onChunk?.(chunk, done);
			done += chunk.length;
			onProgress?.(done);
			watchSpace(chunk.length).then(() => callback(undefined, chunk), callback);
		},
	});
	if (done === size) {
		// An empty file is one, too.
		await (await open(to, 'a', mode)).close();
		return;
	}

	try {
		await pipeline(
			createReadStream(from, {start: done, end: size - 1, highWaterMark: chunkSize}),
			count,
			createWriteStream(to, {flags: 'a', mode, flush: true, highWaterMark: chunkSize}),
			{signal},
		);
	} catch (error) {
		throwIfAborted(signal);
		throw error;
	}

	if (done !== size) {
		throw changedSize(host, from, size, done);
	}
}

async function sizeSoFar(file: string): Promise<number> {
	return (await ifThere(stat(file)))?.size ?? 0;
}
