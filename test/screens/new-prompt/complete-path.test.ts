import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {homedir, tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {expandHome} from '../../../source/config/places.js';
import {completeInput, completeTextFile} from '../../../source/screens/new-prompt/complete-path.js';

let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-path-'));
	for (const name of ['city-night', 'city-noon', 'desert', '.hidden']) {
		await mkdir(path.join(folder, name));
	}

	for (const name of ['deserted.txt', 'lines.mp4', 'night.json']) {
		await writeFile(path.join(folder, name), '');
	}
});

afterAll(() => rm(folder, {recursive: true}));

it('completes the only folder that fits, and goes into it', async () => {
	expect(await completeInput(`${folder}/city-ni`)).toEqual({
		completed: `${folder}/city-night/`,
		candidates: [],
	});
});

it('completes as far as is certain and names the rest', async () => {
	expect(await completeInput(`${folder}/ci`)).toEqual({
		completed: `${folder}/city-n`,
		candidates: ['city-night/', 'city-noon/'],
	});
});

it('names what is in a folder, without hidden ones', async () => {
	const {candidates} = await completeInput(`${folder}/`);
	expect(candidates).toEqual([
		...['city-night/', 'city-noon/', 'desert/', 'deserted.txt', 'lines.mp4', 'night.json'],
	]);
});

it('completes a file behind its role', async () => {
	expect(await completeInput(`edge=${folder}/l`)).toEqual({
		completed: `edge=${folder}/lines.mp4`,
		candidates: [],
	});
});

it('completes the file of a text', async () => {
	expect(await completeTextFile(`@${folder}/n`)).toEqual({
		completed: `@${folder}/night.json`,
		candidates: [],
	});
});

it('leaves alone what fits nothing', async () => {
	const text = `${folder}/nothing/here`;
	expect(await completeInput(text)).toEqual({completed: text, candidates: []});
});

it('knows the home folder', () => {
	expect(expandHome('~/videos')).toBe(path.join(homedir(), 'videos'));
	expect(expandHome('~ada')).toBe('~ada');
});
