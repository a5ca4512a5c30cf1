import {rmSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {runs} from './run-vectors.js';
import {createStage, type Stage} from './stage.js';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(() => stage.remove());

const logs = ['out/console.log', 'out/debug.log'];

it.each(Object.entries(runs))('plays %s', async (_, vector) => {
	const {samples, words = '', checkpoint = 'Cosmos3-Nano', status, says, never = []} = vector;
	const folder = stage.fresh();
	// A sample's paths start from its file, and every run has a folder of its own.
	const text = samples.map(sample => stage.fill(JSON.stringify(sample))).join('\n');
	stage.write({[`${folder}/samples.jsonl`]: text.replaceAll('"in/', `"${stage.folder}/in/`)});
	const played = await stage.play(
		[
			...['-i', `${folder}/samples.jsonl`, '-o', `${folder}/out`],
			...['--checkpoint-path', checkpoint, ...words.split(' ').filter(Boolean)],
		],
		vector,
	);

	const output = played.output.replaceAll(`${stage.folder}/in/`, 'FOLDER/in/');
	const shown = output.replaceAll(path.join(stage.folder, folder), 'FOLDER');
	let at = 0;
	for (const part of says) {
		const found = shown.indexOf(part, at);
		expect(found >= 0 ? part : `not after ${at}: ${shown}`).toBe(part);
		at = found + part.length;
	}

	for (const part of never) {
		expect(shown).not.toContain(part);
	}

	expect(played.status).toBe(status);
	if (vector.files) {
		const expected = vector.files.map(file => path.posix.join('out', file)).sort();
		const found = stage.filesBelow(folder).filter(file => file !== 'samples.jsonl');
		expect(found.filter(file => !logs.includes(file))).toEqual(expected);
	}

	rmSync(path.join(stage.folder, folder), {recursive: true});
});
