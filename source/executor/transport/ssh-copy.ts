import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import ssh2 from 'ssh2';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {abortable, throwIfAborted} from './abortable.js';
import type {Sftp} from './ssh-sftp.js';
import type {CopyOptions} from './transport.js';

const {OPEN_MODE} = ssh2.utils.sftp;

/** Bytes after which the disk is told to begin writing: at the end there is little left to wait for. */
const flushEvery = 64 * 1024 * 1024;

/** Requests under way at once: with 256 KiB each the most that measured faster than fewer. */
const depth = 32;

/**
 * Sends a file, going on at the size that the destination has. The requests go out in order over
 * one channel and the host obeys them in order, so what is there is always a true beginning.
 */
export async function uploadOverSftp(
	sftp: Sftp,
	from: string,
	to: string,
	{onProgress, signal}: CopyOptions = {},
): Promise<void> {
	throwIfAborted(signal);
	const file = await atHome(from, () => open(from, 'r'));
	try {
		const {size} = await file.stat();
		const handle = await sftp.request<Buffer>(to, (raw, done) =>
			raw.open(to, OPEN_MODE.WRITE | OPEN_MODE.CREAT, done),
		);
		try {
			const start = await startOf(sftp, to, handle, size);
			onProgress?.(start);
			await sendRange(sftp, {file, from, handle, to, start, size}, {onProgress, signal});
		} finally {
			closeHandle(sftp, to, handle);
		}
	} finally {
		await file.close();
	}
}

/** What is there already; a longer file cannot be a part of ours and starts afresh. */
async function startOf(sftp: Sftp, to: string, handle: Buffer, size: number): Promise<number> {
	const there = await sftp.request<{size: number}>(to, (raw, done) => raw.fstat(handle, done));
	if (there.size <= size) {
		return there.size;
	}

	await sftp.request(to, (raw, done) => raw.fsetstat(handle, {size: 0}, done));
	return 0;
}

type Sending = {
	file: FileHandle;
	from: string;
	handle: Buffer;
	to: string;
	start: number;
	size: number;
};

async function sendRange(sftp: Sftp, sending: Sending, options: CopyOptions): Promise<void> {
	const {file, from, handle, to, start, size} = sending;
	// ssh2 copies a chunk into its request at once, so one buffer serves all of them.
	const buffer = Buffer.allocUnsafe(sftp.writeSize);
	const answers: Array<Promise<number>> = [];
	const confirm = async () => {
		const done = await abortable(answers.shift() as Promise<number>, options.signal);
		options.onProgress?.(done);
	};

	for (let position = start; position < size; ) {
		const length = Math.min(buffer.length, size - position);
		const {bytesRead} = await atHome(from, () => file.read(buffer, 0, length, position));
		if (bytesRead === 0) {
			throw new CosmosError('usage', `${from} became shorter while it was sent`, {
				hint: 'Start again when nothing writes to the file.',
			});
		}

		const end = position + bytesRead;
		const answer = sftp
			.request(to, (raw, done) => raw.write(handle, buffer, 0, bytesRead, position, done))
			.then(() => end);
		// Awaited in its turn; a failure must not count as unhandled before.
		answer.catch(() => undefined);
		answers.push(answer);
		position = end;
		if (answers.length >= depth) {
			await confirm();
		}
	}

	while (answers.length > 0) {
		await confirm();
	}
}

/**
 * Brings a file home, going on at the size that the destination has. Chunks are asked for ahead
 * and written in order, so that a broken copy is always a true beginning.
 */
export async function downloadOverSftp(
	sftp: Sftp,
	from: string,
	to: string,
	options: CopyOptions = {},
): Promise<void> {
	throwIfAborted(options.signal);
	const handle = await sftp.request<Buffer>(from, (raw, done) =>
		raw.open(from, OPEN_MODE.READ, done),
	);
	try {
		const {size} = await sftp.request<{size: number}>(from, (raw, done) => raw.fstat(handle, done));
		const file = await atHome(to, () => open(to, constants.O_RDWR | constants.O_CREAT, 0o600));
		try {
			let start = (await file.stat()).size;
			if (start > size) {
				await atHome(to, () => file.truncate(0));
				start = 0;
			}

			options.onProgress?.(start);
			await fetchRange(sftp, {handle, from, file, to, start, size}, options);
		} finally {
			await file.close();
		}
	} finally {
		closeHandle(sftp, from, handle);
	}
}

async function fetchRange(sftp: Sftp, fetching: Sending, options: CopyOptions): Promise<void> {
	const {file, to, start, size} = fetching;
	const spare: Buffer[] = [];
	const answers: Array<{buffer: Buffer; length: number; filled: Promise<void>}> = [];
	let asked = start;
	let flushing: Promise<void> | undefined;
	let nextFlush = start + flushEvery;
	for (let written = start; written < size; ) {
		while (answers.length < depth && asked < size) {
			const buffer = spare.pop() ?? Buffer.allocUnsafe(sftp.readSize);
			const length = Math.min(buffer.length, size - asked);
			const filled = fillFrom(sftp, fetching, buffer.subarray(0, length), asked);
			// Awaited in its turn; a failure must not count as unhandled before.
			filled.catch(() => undefined);
			answers.push({buffer, length, filled});
			asked += length;
		}

		const {buffer, length, filled} = answers.shift() as (typeof answers)[number];
		await abortable(filled, options.signal);
		const chunk = buffer.subarray(0, length);
		options.onChunk?.(chunk, written);
		await atHome(to, () => writeAll(file, chunk, written));
		written += length;
		spare.push(buffer);
		options.onProgress?.(written);
		if (written >= nextFlush) {
			await atHome(to, async () => flushing);
			flushing = file.datasync();
			// Awaited at the next one; a failure must not count as unhandled before.
			flushing.catch(() => undefined);
			nextFlush = written + flushEvery;
		}
	}

	await atHome(to, () => file.datasync());
}

/** A disk that gets full takes a part of a chunk first; only the next write fails. */
async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
	for (let done = 0; done < chunk.length; ) {
		const {bytesWritten} = await file.write(chunk, done, chunk.length - done, position + done);
		done += bytesWritten;
	}
}

/** Fills a buffer from a position on; a host may answer with less than was asked for. */
async function fillFrom(
	sftp: Sftp,
	{handle, from}: Sending,
	buffer: Buffer,
	position: number,
): Promise<void> {
	for (let filled = 0; filled < buffer.length; ) {
		const count = await sftp.request<number>(from, (raw, done) =>
			raw.read(handle, buffer, filled, buffer.length - filled, position + filled, done),
		);
		if (count === 0) {
			throw new CosmosError('host', `${sftp.host}: the file became shorter: ${from}`, {
				hint: 'Something still writes to it there.',
			});
		}

		filled += count;
	}
}

/** The answer does not matter, and over a dead line none comes. */
function closeHandle(sftp: Sftp, path: string, handle: Buffer): void {
	sftp.request(path, (raw, done) => raw.close(handle, done)).catch(() => undefined);
}

/** Errors of our own disk are the home's. */
async function atHome<T>(file: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const full = systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT';
		throw new CosmosError(
			'home',
			full ? `disk full at home: ${file}` : `cannot use ${file}: ${messageOf(error)}`,
			{hint: full ? 'Free space here and try again.' : '', cause: error},
		);
	}
}
