import {createH264MP4Encoder} from 'h264-mp4-encoder';
import {
	BufferSource,
	BufferTarget,
	EncodedAudioPacketSource,
	EncodedPacket,
	EncodedPacketSink,
	EncodedVideoPacketSource,
	Input,
	MP4,
	Mp4OutputFormat,
	Output,
} from 'mediabunny';
import type {Canvas} from './picture/canvas.js';

export type VideoShape = {
	/** Pixels, even numbers. */
	width: number;
	height: number;
	/** Frames per second. */
	fps: number;
	frames: number;
	/** A sound track, which is silent. */
	sound?: boolean;
};

/** Title and comment of the file, as players and `ffprobe -show_format` show them. */
export type VideoTags = {title: string; comment: string};

/**
 * Makes an mp4 with H.264 video.
 * @param paint gives the picture of a frame, counted from 0
 * @param quality 10 (best, largest) to 51
 * @returns the file's bytes, which depend on nothing but the arguments
 */
export async function encodeVideo(
	shape: VideoShape,
	tags: VideoTags,
	paint: (frame: number) => Canvas,
	quality = 26,
): Promise<Uint8Array> {
	return retag(await encodeFrames(shape, paint, quality), shape, tags);
}

async function encodeFrames(
	shape: VideoShape,
	paint: (frame: number) => Canvas,
	quality: number,
): Promise<Uint8Array> {
	const encoder = await createQuietEncoder();
	encoder.width = shape.width;
	encoder.height = shape.height;
	encoder.frameRate = shape.fps;
	encoder.quantizationParameter = quality;
	encoder.groupOfPictures = 24;
	encoder.speed = 7;
	encoder.initialize();
	for (let frame = 0; frame < shape.frames; frame++) {
		encoder.addFrameRgba(new Uint8Array(paint(frame).pixels.buffer));
		// Signals are heard between frames.
		await new Promise(setImmediate);
	}

	encoder.finalize();
	const bytes = encoder.FS.readFile(encoder.outputFilename);
	encoder.FS.unlink(encoder.outputFilename);
	encoder.delete();
	return bytes;
}

/**
 * The encoder's module takes over the whole process's errors when it starts and would end the
 * program with a dump of its own; that is taken back.
 */
async function createQuietEncoder() {
	const events = ['uncaughtException', 'unhandledRejection'] as const;
	const before = events.map(event => new Set<unknown>(process.listeners(event as 'exit')));
	const encoder = await createH264MP4Encoder();
	for (const [index, event] of events.entries()) {
		for (const listener of process.listeners(event as 'exit')) {
			if (!before[index]?.has(listener)) {
				process.removeListener(event, listener);
			}
		}
	}

	return encoder;
}

/** Copies the video into a new file with tags, exact frame times and no dates. */
async function retag(
	mp4: Uint8Array,
	{fps, frames, sound}: VideoShape,
	tags: VideoTags,
): Promise<Uint8Array> {
	using input = new Input({source: new BufferSource(mp4), formats: [MP4]});
	const track = await input.getPrimaryVideoTrack();
	if (!track) {
		throw new Error('the encoder wrote a file without a video');
	}

	const decoderConfig = (await track.getDecoderConfig()) ?? undefined;
	const target = new BufferTarget();
	const output = new Output({format: new Mp4OutputFormat({fastStart: 'in-memory'}), target});
	const source = new EncodedVideoPacketSource('avc');
	output.addVideoTrack(source, {frameRate: fps});
	const silence = sound ? new EncodedAudioPacketSource('aac') : undefined;
	if (silence) {
		output.addAudioTrack(silence);
	}

	output.setMetadataTags(tags);
	await output.start();
	let frame = 0;
	for await (const packet of new EncodedPacketSink(track).packets()) {
		// The encoder's file calls every frame a key frame; players could not seek in it.
		const type = (await track.determinePacketType(packet)) ?? packet.type;
		const timed = new EncodedPacket(packet.data, type, frame / fps, 1 / fps);
		await source.add(timed, {decoderConfig});
		frame++;
	}

	if (silence) {
		await addSilence(silence, frames / fps);
	}

	await output.finalize();
	const bytes = new Uint8Array(target.buffer ?? new ArrayBuffer(0));
	clearDates(bytes);
	return bytes;
}

/** A frame of AAC in which nothing is heard, for two channels. */
const silentFrame = Uint8Array.from([0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80]);
const samplesPerFrame = 1024;

async function addSilence(source: EncodedAudioPacketSource, seconds: number): Promise<void> {
	const decoderConfig = {
		codec: 'mp4a.40.2',
		sampleRate: 48_000,
		numberOfChannels: 2,
		// The profile, the rate and the channels once more, as an mp4 has them.
		description: Uint8Array.from([0x11, 0x90]),
	};
	const duration = samplesPerFrame / decoderConfig.sampleRate;
	for (let frame = 0; frame * duration < seconds; frame++) {
		const packet = new EncodedPacket(silentFrame, 'key', frame * duration, duration);
		await source.add(packet, {decoderConfig});
	}
}

const folders = new Set(['moov', 'trak', 'mdia']);
const dated = new Set(['mvhd', 'tkhd', 'mdhd']);

/** Sets the creation and modification dates of an mp4 to zero, which means unknown. */
function clearDates(bytes: Uint8Array, start = 0, end = bytes.length): void {
	const view = new DataView(bytes.buffer, bytes.byteOffset);
	for (let at = start; at + 8 <= end; ) {
		const size = view.getUint32(at);
		const name = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
		if (size < 8) {
			return;
		}

		if (folders.has(name)) {
			clearDates(bytes, at + 8, at + size);
		} else if (dated.has(name)) {
			// A version byte and three of flags, then both dates: 4 bytes each, 8 in version 1.
			const length = view.getUint8(at + 8) === 1 ? 16 : 8;
			bytes.fill(0, at + 12, at + 12 + length);
		}

		at += size;
	}
}
