import {type FileHandle, open} from 'node:fs/promises';
import ssh2, {type Stats} from 'ssh2';
import {CosmosError} from '../../domain/errors.js';
import {throwIfAborted} from './abortable.js';
import {isWorthLanes, type Lane, overLanes, timed, type WithConnections} from './far-lanes.js';
import {onLocalDisk} from './local-disk.js';
import {isHandle, isStats, type Sftp} from './ssh-sftp.js';
import type {CopyOptions} from './transport.js';

const {OPEN_MODE} = ssh2.utils.sftp;

/** Pending requests: with 256 KiB each the most that measured faster than fewer. */
const depth = 32;

/**
 * Uploads a file, resuming at the size of the destination. The requests go out in order over one
 * channel and the host handles them in order, so a partial file is always a correct prefix. To a host
 * that is far away a large file goes over several connections: what had no answer may then be
 * missing in the middle, and is sent again when the upload resumes.
 */
export async function uploadOverSftp(
	sftp: Sftp,
	from: string,
	to: string,
	{onProgress, signal, mode, withMore}: CopyOptions & {mode: number; withMore: WithConnections},
): Promise<void> {
	throwIfAborted(signal);
	const file = await onLocalDisk(from, () => open(from, 'r'));
	try {
		const {size} = await file.stat();
		const openOn = (channel: Sftp) =>
			channel.request<Buffer>(
				to,
				(raw, done) => raw.open(to, OPEN_MODE.WRITE | OPEN_MODE.CREAT, {mode}, done),
				isHandle,
			);
		const {answer: handle, took} = await timed(() => openOn(sftp));
		try {
			const there = await startOf(sftp, to, handle, size);
			const isFar = isWorthLanes(size, took) && there < size;
			const start = isFar ? Math.max(0, there - depth * sftp.writeSize) : there;
			onProgress?.(start);
			const first = {sftp, handle};
			const send = (lanes: readonly Lane[]) =>
				sendRange(lanes, {file, from, to, start, size}, onProgress);
			await (isWorthLanes(size - start, took)
				? overLanes(first, withMore, channel => openOn(channel.until(signal)), send, signal)
				: send([first]));
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
	to: string;
	start: number;
	size: number;
};

async function sendRange(
	lanes: readonly Lane[],
	sending: Sending,
	onProgress: CopyOptions['onProgress'],
): Promise<void> {
	const {file, from, to, start, size} = sending;
	// ssh2 copies a chunk into its request at once, so one buffer serves all of them.
	const buffer = Buffer.allocUnsafe(lanes[0]?.sftp.writeSize ?? 0);
	const answers: Array<Promise<number>> = [];
	const confirm = async () => {
		const done = await (answers.shift() as Promise<number>);
		onProgress?.(done);
	};

	for (let position = start, turn = 0; position < size; turn++) {
		const length = Math.min(buffer.length, size - position);
		const {bytesRead} = await onLocalDisk(from, () => file.read(buffer, 0, length, position));
		if (bytesRead === 0) {
			throw new CosmosError('input-changed', `${from} was truncated during the upload`, {
				hint: 'Try again once nothing is writing to the file.',
			});
		}

		const [at, end] = [position, position + bytesRead];
		const {sftp, handle} = lanes[turn % lanes.length] as Lane;
		const answer = sftp
			.request(to, (raw, done) => raw.write(handle, buffer, 0, bytesRead, at, done))
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
