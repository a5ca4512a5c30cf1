import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import path from 'node:path';
import ssh2, {type Stats} from 'ssh2';
import {CosmosError} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {createSpaceWatch} from '../../machine/free-space.js';
import {throwIfAborted} from './abortable.js';
import {isWorthLanes, type Lane, overLanes, timed, type WithConnections} from './far-lanes.js';
import {changedSize} from './host-claims.js';
import {onLocalDisk} from './local-disk.js';
import {keepPace} from './pace.js';
import {isHandle, isStats, type Sftp} from './ssh-sftp.js';
import {type CopyOptions, smallFile, type TakeOutput, type Transport} from './transport.js';

const {OPEN_MODE} = ssh2.utils.sftp;

/** Bytes written at once. */
const blockSize = 256 * 1024;

/** Bytes that may wait for our disk before the host has to. */
const mostWaiting = 4 * blockSize;

/** Bytes after which the disk starts writing: at the end there is little left to wait for. */
const flushEvery = 64 * 1024 * 1024;

/**
 * Downloads a file, resuming at the size of the destination. A large one comes as a
 * command's output: by SFTP each 256 KiB are asked for, put together and copied once more, which
 * measured three times the work of this process. A small one comes by SFTP: a command costs the
 * host a login shell, and a server has room for few at once. From a host that is far away a large one
 * comes by SFTP over several connections. Bytes are written in order, so that a broken copy is always a
 * true beginning.
 */
export async function downloadOverSsh(
	sftp: Sftp,
	exec: Transport['exec'],
	from: string,
	to: string,
	options: CopyOptions & {withMore: WithConnections},
): Promise<void> {
	throwIfAborted(options.signal);
	const handle = await openOn(sftp, from);
	try {
		await downloadFrom(sftp, exec, {path: from, handle}, to, options);
	} finally {
		sftp.closeHandle(from, handle);
	}
}

function openOn(sftp: Sftp, from: string): Promise<Buffer> {
	return sftp.request<Buffer>(from, (raw, done) => raw.open(from, OPEN_MODE.READ, done), isHandle);
}

/** Bytes that one request asks for, and those that it has to bring: a few at a time would take a day. */
const readSize = 128 * 1024;
const leastRead = 4096;

/** A file on the host that is open. SFTP says best why one cannot be read. */
type Source = {path: string; handle: Buffer};

async function downloadFrom(
	sftp: Sftp,
	exec: Transport['exec'],
	source: Source,
	to: string,
	options: CopyOptions & {withMore: WithConnections},
): Promise<void> {
	const {path: from, handle} = source;
	const {
		answer: {size},
		took,
	} = await timed(() => sftp.request<Stats>(from, (raw, done) => raw.fstat(handle, done), isStats));
	if (size !== (options.size ?? size) || !Number.isSafeInteger(size)) {
		throw changedSize(sftp.host, from, options.size, size);
	}

	const file = await onLocalDisk(to, () => open(to, constants.O_RDWR | constants.O_CREAT, 0o600));
	try {
		let start = (await file.stat()).size;
		if (start > size) {
			await onLocalDisk(to, () => file.truncate(0));
			start = 0;
		}

		options.onProgress?.(start);
		const tooMuch = (more: number) => changedSize(sftp.host, from, size, more);
		const writer = writeInOrder(file, to, {start, size, tooMuch}, options);
		try {
			if (isWorthLanes(size - start, took)) {
				await readFarAway(source, {start, size}, writer, sftp, options);
			} else if (size - start > smallFile) {
				await readFrom(exec, sftp.host, {from, start}, writer, options.signal);
			} else if (start < size) {
				await readSmall(sftp, source, {start, size}, writer.push);
			}
		} finally {
			await writer.end();
		}

		if (writer.taken() !== size) {
			throw changedSize(sftp.host, from, size, writer.taken());
		}

		await onLocalDisk(to, () => file.datasync());
	} finally {
		await file.close();
	}
}

async function readSmall(
	sftp: Sftp,
	{path: from, handle}: Source,
	{start, size}: {start: number; size: number},
	onOutput: TakeOutput,
): Promise<void> {
	for (let at = start; at < size; ) {
		const bytes = Buffer.alloc(Math.min(readSize, size - at));
		const read = await sftp.request<number>(
			from,
			(raw, done) => raw.read(handle, bytes, 0, bytes.length, at, done),
			answer => typeof answer === 'number' && answer <= bytes.length,
		);
		if (read < Math.min(leastRead, bytes.length)) {
			// The end of the file, or a server that would take a day for it.
			return;
		}

		await onOutput(bytes.subarray(0, read));
		at += read;
	}
}

/** Requests that wait for their answers: what is under way on a line that is far away. */
const mostReads = 96;

async function readFarAway(
	{path: from, handle}: Source,
	range: {start: number; size: number},
	writer: Writer,
	sftp: Sftp,
	{withMore, signal}: {withMore: WithConnections; signal?: AbortSignal},
): Promise<void> {
	const pace = keepPace(sftp.host, from, writer.taken, signal);
	const reading = overLanes(
		{sftp: sftp.until(pace.signal), handle},
		withMore,
		more => openOn(more.until(pace.signal), from),
		lanes => readOverLanes(lanes, from, range, writer.push),
		pace.signal,
	);
	await Promise.race([reading, pace.lost]).finally(pace.stop);
}

/** Reads a file over several connections, and gives its bytes in order. */
async function readOverLanes(
	lanes: readonly Lane[],
	from: string,
	{start, size}: {start: number; size: number},
	onOutput: TakeOutput,
): Promise<void> {
	const reads: Array<{end: number; answer: Promise<Buffer[]>}> = [];
	let taken = start;
	/** Takes what comes next; false when the file has ended before. */
	const take = async () => {
		const read = reads.shift();
		for (const bytes of (await read?.answer) ?? []) {
			await onOutput(bytes);
			taken += bytes.length;
		}

		return taken === read?.end;
	};

	for (let at = start, turn = 0; at < size; at += readSize, turn++) {
		const {sftp, handle} = lanes[turn % lanes.length] as Lane;
		const end = Math.min(size, at + readSize);
		const bytes: Buffer[] = [];
		const answer = readSmall(sftp, {path: from, handle}, {start: at, size: end}, one => {
			bytes.push(one);
		}).then(() => bytes);
		// Awaited in its turn; a failure must not count as unhandled before.
		answer.catch(() => undefined);
		reads.push({end, answer});
		if (reads.length >= mostReads && !(await take())) {
			return;
		}
	}

	while (reads.length > 0 && (await take())) {
		// In order.
	}
}

async function readFrom(
	exec: Transport['exec'],
	host: string,
	{from, start}: {from: string; start: number},
	writer: Writer,
	signal: AbortSignal | undefined,
): Promise<void> {
	// `tail` continues with small blocks; a whole file is the usual case.
	const command = start === 0 ? ['cat', from] : ['tail', '-c', `+${start + 1}`, from];
	const pace = keepPace(host, from, writer.taken, signal);
	const taking = exec(command, {onOutput: writer.push, signal: pace.signal});
	const {code, stderr} = await Promise.race([taking, pace.lost]).finally(pace.stop);
	if (code !== 0) {
		throw new CosmosError('host', `${host}: cannot read ${from}: ${cleanText(stderr.trim())}`, {
			hint: 'Look at the file there, then try again.',
		});
	}
}

type Writer = {
	/** Returns what to wait for when our disk is behind. */
	push: TakeOutput;
	/** Bytes of the file so far, those still to be written included. */
	taken: () => number;
	/** Resolves when all that was taken is written; nothing is taken any more. */
	end: () => Promise<void>;
};

/** Writes chunks of any length as blocks, one after the other. Never more than `size`: that is an error. */
function writeInOrder(
	file: FileHandle,
	to: string,
	{start, size, tooMuch}: {start: number; size: number; tooMuch: (bytes: number) => Error},
	{onProgress, onChunk}: CopyOptions,
): Writer {
	let taken = start;
	const watchSpace = createSpaceWatch(path.dirname(to));
	let written = start;
	let flushed = start;
	let chunks: Buffer[] = [];
	let collected = 0;
	let ended = false;
	let writing = Promise.resolve();
	let flushing: Promise<void> | undefined;

	async function write(block: readonly Buffer[], length: number) {
		await watchSpace(length);
		await onLocalDisk(to, () => writeAll(file, block, length, written));
		written += length;
		onProgress?.(written);
		if (written - flushed >= flushEvery) {
			await onLocalDisk(to, async () => flushing);
			flushing = file.datasync();
			// Awaited at the next one; a failure must not count as unhandled before.
			flushing.catch(() => undefined);
			flushed = written;
		}
	}

	function writeCollected() {
		const [block, length] = [chunks, collected];
		[chunks, collected] = [[], 0];
		writing = writing.then(() => write(block, length));
		// Awaited by `end`; a failure must not count as unhandled before.
		writing.catch(() => undefined);
	}

	return {
		push(chunk) {
			if (taken + chunk.length > size) {
				return Promise.reject(tooMuch(taken + chunk.length));
			}

			if (ended || chunk.length === 0) {
				return undefined;
			}

			onChunk?.(chunk, taken);
			chunks.push(chunk);
			collected += chunk.length;
			taken += chunk.length;
			if (collected >= blockSize || taken === size) {
				writeCollected();
			}

			return taken - written > mostWaiting ? writing : undefined;
		},
		taken: () => taken,
		async end() {
			ended = true;
			if (collected > 0) {
				writeCollected();
			}

			await writing;
			await onLocalDisk(to, async () => flushing);
		},
	};
}

/** A disk that gets full takes a part first; only the next write fails. */
async function writeAll(
	file: FileHandle,
	chunks: readonly Buffer[],
	length: number,
	position: number,
): Promise<void> {
	let {bytesWritten: done} = await file.writev([...chunks], position);
	if (done < length) {
		const block = Buffer.concat(chunks);
		while (done < length) {
			const rest = await file.write(block, done, length - done, position + done);
			done += rest.bytesWritten;
		}
	}
}
