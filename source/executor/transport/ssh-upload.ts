import {type FileHandle, open} from 'node:fs/promises';
import ssh2, {type Stats} from 'ssh2';
import {CosmosError} from '../../domain/errors.js';
import {throwIfAborted} from './abortable.js';
import {onLocalDisk} from './local-disk.js';
import {isHandle, isStats, type Sftp} from './ssh-sftp.js';
import type {CopyOptions} from './transport.js';

const {OPEN_MODE} = ssh2.utils.sftp;

/** Pending requests: with 256 KiB each the most that measured faster than fewer. */
const depth = 32;

/**
 * Uploads a file, resuming at the size of the destination. The requests go out in order over
 * one channel and the host handles them in order, so a partial file is always a correct prefix.
 */
export async function uploadOverSftp(
	sftp: Sftp,
	from: string,
	to: string,
	{onProgress, signal, mode}: CopyOptions & {mode: number},
): Promise<void> {
	throwIfAborted(signal);
	const file = await onLocalDisk(from, () => open(from, 'r'));
	try {
		const {size} = await file.stat();
		const handle = await sftp.request<Buffer>(
			to,
			(raw, done) => raw.open(to, OPEN_MODE.WRITE | OPEN_MODE.CREAT, {mode}, done),
			isHandle,
		);
		try {
			const start = await startOf(sftp, to, handle, size);
			onProgress?.(start);
			await sendRange(sftp, {file, from, handle, to, start, size}, onProgress);
		} finally {
			sftp.closeHandle(to, handle);
		}
	} finally {
		await file.close();
	}
}

/** The existing size; a longer file cannot be a partial upload, so it starts again. */
async function startOf(sftp: Sftp, to: string, handle: Buffer, size: number): Promise<number> {
	const there = await sftp.request<Stats>(to, (raw, done) => raw.fstat(handle, done), isStats);
	if (there.size >= 0 && there.size <= size) {
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

async function sendRange(
	sftp: Sftp,
	sending: Sending,
	onProgress: CopyOptions['onProgress'],
): Promise<void> {
	const {file, from, handle, to, start, size} = sending;
	// ssh2 copies a chunk into its request at once, so one buffer serves all of them.
	const buffer = Buffer.allocUnsafe(sftp.writeSize);
	const answers: Array<Promise<number>> = [];
	const confirm = async () => {
		const done = await (answers.shift() as Promise<number>);
		onProgress?.(done);
	};

	for (let position = start; position < size; ) {
		const length = Math.min(buffer.length, size - position);
		const {bytesRead} = await onLocalDisk(from, () => file.read(buffer, 0, length, position));
		if (bytesRead === 0) {
			throw new CosmosError('input-changed', `${from} was truncated during the upload`, {
				hint: 'Try again once nothing is writing to the file.',
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
