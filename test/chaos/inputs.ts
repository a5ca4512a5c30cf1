import {randomBytes} from 'node:crypto';
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** 64×48, 4 frames: as drawn by the simulator. */
const tiny = path.join(import.meta.dirname, 'tiny.mp4');

/** Makes folders with a small input video each; no two have the same content. */
export type Inputs = {
	/** @param ballast bytes by which the video is made larger */
	make: (name: string, ballast: number) => string;
	/** Removes them all. */
	forget: () => void;
};

export function createInputs(folder: string): Inputs {
	const video = readFileSync(tiny);
	return {
		make(name, ballast) {
			const place = path.join(folder, name);
			mkdirSync(place, {recursive: true});
			writeFileSync(path.join(place, 'color.mp4'), Buffer.concat([video, freeBox(ballast)]));
			return place;
		},
		forget: () => rmSync(folder, {recursive: true, force: true}),
	};
}

/** A part of an MP4 file that every reader passes over (ISO/IEC 14496-12, `free`). */
function freeBox(bytes: number): Buffer {
	const content = randomBytes(Math.max(16, bytes));
	const header = Buffer.alloc(8);
	header.writeUInt32BE(content.length + header.length);
	header.write('free', 4, 'latin1');
	return Buffer.concat([header, content]);
}
