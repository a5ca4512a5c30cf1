import type {Sftp} from './ssh-sftp.js';

/** Milliseconds of an answer from which on a host is far away: what one connection has under way is less than the line takes. */
const farAway = 10;

/** Bytes of a file that is worth further connections: to open one takes several answers. */
const largeFile = 16 * 1024 * 1024;

/** Connections that a large file goes over then, with the usual one. */
const connections = 4;

/**
 * Opens SFTP over connections of their own while work goes on, and closes them with it. One that cannot
 * be had is done without.
 * @param count the most
 * @param onOpen takes each channel when it is there
 */
export type WithConnections = (
	count: number,
	onOpen: (sftp: Sftp) => void,
	work: () => Promise<void>,
) => Promise<void>;

/** A channel, and a file as it is open there. */
export type Lane = {sftp: Sftp; handle: Buffer};

/** Milliseconds that one answer of the host takes, and its answer. */
export async function timed<T>(work: () => Promise<T>): Promise<{answer: T; took: number}> {
	const asked = performance.now();
	const answer = await work();
	return {answer, took: performance.now() - asked};
}

/** Whether a file is to go over several connections. */
export function isWorthLanes(bytes: number, took: number): boolean {
	return took > farAway && bytes > largeFile;
}

/**
 * Works on a file over one lane, and over further ones as they are opened.
 * @param openOn opens the file over another connection
 * @param signal what is opened goes by it: `until`
 */
export async function overLanes(
	first: Lane,
	withMore: WithConnections,
	openOn: (sftp: Sftp) => Promise<Buffer>,
	work: (lanes: readonly Lane[]) => Promise<void>,
	signal?: AbortSignal,
): Promise<void> {
	const lanes = [first];
	const add = async (sftp: Sftp) => {
		lanes.push({sftp: sftp.until(signal), handle: await openOn(sftp)});
	};
	await withMore(
		connections - 1,
		// What fails there fails over the first one too, or does not matter.
		sftp => void add(sftp).catch(() => undefined),
		() => work(lanes),
	);
}
