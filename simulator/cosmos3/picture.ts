import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {makeVideo} from '../artwork.js';
import type {Simulation} from '../failures.js';
import {filterInput} from '../picture/input-frames.js';
import {stamp} from '../picture/stamp.js';
import {createTestPicture, type Picture} from '../picture/test-picture.js';
import {toPythonError} from '../python/python-error.js';
import {hashText} from '../random.js';
import {encodeJpeg} from './jpeg.js';

/** A result or a control, before it is a file. */
export type Vision = {
	picture: Picture;
	prompt: string;
	seed: number;
	width: number;
	height: number;
	frames: number;
	fps: number;
	/** What it is made from. */
	file?: string;
	/** Of a transfer, the weights of its controls. */
	weights?: ReadonlyMap<string, number>;
	/** The video has a sound track. */
	sound?: boolean;
};

const model = 'Cosmos 3';

/**
 * Saves a video, or of a single frame a picture, whatever the sample has said.
 * @param stem the path without a suffix
 * @returns the file's path
 */
export async function saveVision(
	simulation: Simulation,
	stem: string,
	vision: Vision,
): Promise<string> {
	const file = `${stem}${vision.frames === 1 ? '.jpg' : '.mp4'}`;
	const bytes = simulation.words.has('undrawn')
		? 'SIMULATED'
		: vision.frames === 1
			? await makePicture(vision)
			: await makeVideo({...vision, like: vision, model});
	writeOut(file, bytes);
	return file;
}

async function makePicture({picture, prompt, seed, width, height, file}: Vision) {
	// A pixel of it becomes a block of 8 by 8.
	const shape = {
		width: Math.max(1, Math.round(width / 8)),
		height: Math.max(1, Math.round(height / 8)),
		fps: 1,
		frames: 1,
	};
	const number = hashText(`${prompt}\n${seed}`);
	const paint =
		(file && (await filterInput(file, shape, picture, number))) ||
		createTestPicture(number, picture, shape.width, shape.height);
	const canvas = paint(0);
	stamp(canvas, 'SIMULATED', picture === 'color' ? `SEED ${seed}` : picture.toUpperCase());
	return encodeJpeg(canvas, `SIMULATED ${model} result: drawn by a program. Seed ${seed}.`);
}

/** Writes a file of a sample's folder. @throws PythonError for a system error */
export function writeOut(file: string, content: string | Uint8Array): void {
	try {
		writeFileSync(path.resolve(file), content);
	} catch (error) {
		throw toPythonError(error, file, []);
	}
}
