/** The only place that looks into the container of a video. */
import {open} from 'node:fs/promises';
import type {InputVideoTrack} from 'mediabunny';

export type VideoFacts = {width: number; height: number; frames: number; fps: number};

/** Why a video cannot be used, and what to do when that is not converting it. */
export type VideoProblem = {problem: string; remedy?: string};

const again = 'Copy, download or render it again.';
const noIndex = {problem: 'it is cut off: its index is missing', remedy: again};
const isShort = {problem: 'it is cut off: the end of its data is missing', remedy: again};

/**
 * Codecs that the library has no word for, but every program of a model reads: MPEG-4 part 2 and
 * Motion JPEG, as MP4, QuickTime and Matroska name them.
 */
const oldCodecs = ['mp4v', 'jpeg', 'mjpa', 'V_MPEG4/ISO/ASP', 'V_MJPEG'];

/**
 * Size, length and rate of a video, from its container; nothing is decoded.
 * @param size bytes of the file
 */
export async function probeVideo(file: string, size: number): Promise<VideoFacts | VideoProblem> {
	const {FilePathSource, Input, Logging, LogLevel, MATROSKA, MP4, QTFF, WEBM} = await import(
		'mediabunny'
	);
	// Its own words would go to standard error.
	Logging.level = LogLevel.Silent;
	const formats = [MP4, QTFF, MATROSKA, WEBM];
	const input = new Input({source: new FilePathSource(file), formats});
	try {
		const format = await input.getFormat();
		if ((format === MATROSKA || format === WEBM) && (await isCutMatroska(file, size))) {
			return isShort;
		}

		const tracks = await input.getTracks();
		const track = await input.getPrimaryVideoTrack();
		if (!track) {
			return tracks.length === 0
				? noIndex
				: {problem: 'it has sound, and no video track', remedy: 'Is it the right file?'};
		}

		return await factsOf(track);
	} catch {
		return {problem: 'it is damaged, or of an unknown kind'};
	} finally {
		input.dispose();
	}
}

async function factsOf(track: InputVideoTrack): Promise<VideoFacts | VideoProblem> {
	const {codec, internalCodecId} = track;
	if (codec === null && !oldCodecs.includes(String(internalCodecId))) {
		return {problem: `its codec (${codecName(internalCodecId)}) is not one that the models read`};
	}

	const {EncodedPacketSink} = await import('mediabunny');
	const {packetCount, averagePacketRate} = await track.computePacketStats();
	if (packetCount === 0) {
		return {problem: 'it has no frames', remedy: again};
	}

	// The index may be whole where the data is not.
	const last = await new EncodedPacketSink(track).getPacket(Number.POSITIVE_INFINITY);
	if (!last || last.data.length < last.byteLength || last.data.every(byte => byte === 0)) {
		return isShort;
	}

	return {
		width: track.displayWidth,
		height: track.displayHeight,
		frames: packetCount,
		fps: Math.round(averagePacketRate * 1000) / 1000,
	};
}

const codecName = (id: unknown) => String(id ?? 'unknown').trim() || 'unknown';

/**
 * Whether the file ends before its segment does, which holds everything behind the header (RFC 8794,
 * sections 4 and 6). A recording that was never finished does not know its size.
 */
async function isCutMatroska(file: string, size: number): Promise<boolean> {
	const handle = await open(file);
	try {
		const head = Buffer.alloc(4096);
		const {bytesRead} = await handle.read(head, 0, head.length, 0);
		const header = sizeAt(head.subarray(0, bytesRead), 4);
		const at = header ? header.end + header.value : bytesRead;
		const segment = at + 4 < bytesRead ? sizeAt(head.subarray(0, bytesRead), at + 4) : undefined;
		return segment !== undefined && segment.end + segment.value > size;
	} finally {
		await handle.close();
	}
}

/** A variable-length number; undefined when all its bits are set: unknown. */
function sizeAt(bytes: Buffer, at: number): {value: number; end: number} | undefined {
	const length = Math.clz32(bytes[at] ?? 0) - 23;
	if (length > 8 || at + length > bytes.length) {
		return undefined;
	}

	let value = (bytes[at] as number) & (0xff >> length);
	let isUnknown = value === 0xff >> length;
	for (let next = at + 1; next < at + length; next++) {
		value = value * 256 + (bytes[next] as number);
		isUnknown &&= bytes[next] === 0xff;
	}

	return isUnknown ? undefined : {value, end: at + length};
}
