import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {homedir, tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {expandHome} from '../../../source/config/places.js';
import {completeFolderPath} from '../../../source/screens/new-prompt/complete-path.js';

let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-path-'));
	for (const name of ['city-night', 'city-noon', 'desert', '.hidden']) {
		await mkdir(path.join(folder, name));
	}

	await writeFile(path.join(folder, 'deserted.txt'), '');
});

afterAll(() => rm(folder, {recursive: true}));

it('completes the only folder that fits, and goes into it', async () => {
	expect(await completeFolderPath(`${folder}/d`)).toEqual({
		completed: `${folder}/desert/`,
		candidates: [],
	});
});

it('completes as far as is certain and names the rest', async () => {
	expect(await completeFolderPath(`${folder}/ci`)).toEqual({
		completed: `${folder}/city-n`,
		candidates: ['city-night', 'city-noon'],
	});
});

it('names what is in a folder, without hidden ones', async () => {
	const {candidates} = await completeFolderPath(`${folder}/`);
	expect(candidates).toEqual(['city-night', 'city-noon', 'desert']);
});

it('leaves alone what fits nothing', async () => {
	const text = `${folder}/nothing/here`;
	expect(await completeFolderPath(text)).toEqual({completed: text, candidates: []});
});

it('knows the home folder', () => {
	expect(expandHome('~/videos')).toBe(path.join(homedir(), 'videos'));
	expect(expandHome('~ada')).toBe('~ada');
});
