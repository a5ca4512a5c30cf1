import {type FileHandle, open, stat, truncate} from 'node:fs/promises';
import path from 'node:path';
import {systemCode} from '../domain/errors.js';
import {diskError} from '../machine/disk-error.js';
import {coalesce, watchFolder} from '../machine/folder-watch.js';
import {createSpaceWatch} from '../machine/free-space.js';
import {makePrivateFolder} from './documents/safe-file.js';

/**
 * One run's local log, byte for byte as the container wrote it. Its size is the offset at which
 * a broken stream resumes.
 */
export type LogFile = {
	readonly path: string;
	/** Bytes; 0 when there is no file yet. */
	size: () => Promise<number>;
	/** Appends and resolves when the bytes are handed to the system; they must not change before. */
	append: (chunk: Buffer) => Promise<void>;
	/**
	 * The bytes from `start` up to `end` (exclusive), fewer where the file ends.
	 * @param into receives them if it is large enough, to avoid new memory for each read
	 */
	read: (start: number, end: number, into?: Buffer) => Promise<Buffer>;
	/** The last `bytes` bytes as text, starting at a whole line where there is one. */
	tail: (bytes: number) => Promise<string>;
	/** Calls back when the file has grown (by any process); returns the way to stop. */
	watch: (onGrowth: () => void) => () => void;
	/** Resolves when all that was appended would survive a power cut. */
	flush: () => Promise<void>;
	/** Removes all bytes; nothing may be appended meanwhile. */
	empty: () => Promise<void>;
	/** Flushes to the disk and closes. */
	close: () => Promise<void>;
};

/** Milliseconds over which growth is merged into one call of a watcher. */
const watchDelay = 20;
const newline = 10;

/** The log file at a path. Opens nothing before it is read or written. */
export function openLogFile(file: string): LogFile {
	const appender = createAppender(file);
	let reader: Promise<FileHandle | undefined> | undefined;
	let closed = false;

	async function size(): Promise<number> {
		try {
			return (await stat(file)).size;
		} catch (error) {
			if (systemCode(error) === 'ENOENT') {
				return 0;
			}

			throw diskError(error, 'read', file);
		}
	}

	async function read(start: number, end: number, into?: Buffer): Promise<Buffer> {
		const length = Math.min(end, await size()) - start;
		if (length <= 0 || closed) {
			return Buffer.alloc(0);
		}

		reader ??= openIfThere(file);
		const handle = await reader;
		if (!handle) {
			reader = undefined;
			return Buffer.alloc(0);
		}

		try {
			return await readFully(handle, start, length, into);
		} catch (error) {
			throw diskError(error, 'read', file);
		}
	}

	return {
		path: file,
		size,
		read,
		append: appender.append,
		async tail(bytes) {
			const end = await size();
			const start = Math.max(0, end - bytes);
			// One byte more shows whether the part starts with a complete line.
			const part = await read(Math.max(0, start - 1), end);
			return (start === 0 ? part : fromWholeLine(part)).toString('utf8');
		},
		watch(onGrowth) {
			const growth = coalesce(watchDelay, onGrowth);
			const unwatch = watchFolder(path.dirname(file), name => {
				if (name === undefined || name === path.basename(file)) {
					growth.ring();
				}
			});
			return () => {
				unwatch();
				growth.stop();
			};
		},
		flush: appender.flush,
		async empty() {
			await appender.flush();
			try {
				await truncate(file, 0);
			} catch (error) {
				if (systemCode(error) !== 'ENOENT') {
					throw diskError(error, 'write', file);
				}
			}
		},
		async close() {
			closed = true;
			const handle = await reader?.catch(() => undefined);
			await handle?.close();
			await appender.close();
		},
	};
}

type Waiting = {chunk: Buffer; done: () => void; fail: (error: unknown) => void};

/** Appends in the order of the calls; waiting chunks are written together. */
function createAppender(file: string) {
	let handle: FileHandle | undefined;
	let waiting: Waiting[] = [];
	let work: Promise<void> | undefined;
	let closed = false;
	const watchSpace = createSpaceWatch(path.dirname(file));

	async function writeAll(): Promise<void> {
		while (waiting.length > 0) {
			const batch = waiting;
			waiting = [];
			try {
				handle ??= await openForAppend(file);
				const [first, ...more] = batch.map(({chunk}) => chunk) as [Buffer, ...Buffer[]];
				const bytes = more.length === 0 ? first : Buffer.concat([first, ...more]);
				await writeFully(handle, bytes);
				await watchSpace(bytes.length);
				for (const {done} of batch) {
					done();
				}
			} catch (error) {
				for (const {fail} of batch) {
					fail(diskError(error, 'write', file));
				}
			}
		}

		work = undefined;
	}

	async function flush(): Promise<void> {
		await work;
		try {
			await handle?.sync();
		} catch (error) {
			throw diskError(error, 'write', file);
		}
	}

	return {
		append: (chunk: Buffer) =>
			new Promise<void>((done, fail) => {
				if (closed) {
					throw new Error(`${file} is closed`);
				}

				waiting.push({chunk, done, fail});
				work ??= writeAll();
			}),
		flush,
		async close() {
			closed = true;
			try {
				await flush();
			} finally {
				await handle?.close();
				handle = undefined;
			}
		},
	};
}

async function openForAppend(file: string): Promise<FileHandle> {
	await makePrivateFolder(path.dirname(file));
	return open(file, 'a', 0o600);
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
	try {
		return await open(file);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return undefined;
		}

		throw diskError(error, 'read', file);
	}
}

/** A write may take only a part, for instance when the disk fills up. */
async function writeFully(handle: FileHandle, bytes: Buffer): Promise<void> {
	let written = 0;
	while (written < bytes.length) {
		written += (await handle.write(bytes, written)).bytesWritten;
	}
}

async function readFully(
	handle: FileHandle,
	start: number,
	length: number,
	into?: Buffer,
): Promise<Buffer> {
	const bytes = into && into.length >= length ? into : Buffer.allocUnsafe(length);
	let filled = 0;
	while (filled < length) {
		const {bytesRead} = await handle.read(bytes, filled, length - filled, start + filled);
		if (bytesRead === 0) {
			break;
		}

		filled += bytesRead;
	}

	return bytes.subarray(0, filled);
}

/** Without the rest of a line that began before; all but the first byte when there is no line end. */
function fromWholeLine(bytes: Buffer): Buffer {
	const end = bytes.indexOf(newline);
	let start = end >= 0 && end < bytes.length - 1 ? end + 1 : 1;
	// Not in the middle of a character: UTF-8 continues with 10xxxxxx.
	while (((bytes[start] ?? 0) & 0xc0) === 0x80) {
		start++;
	}

	return bytes.subarray(start);
}
