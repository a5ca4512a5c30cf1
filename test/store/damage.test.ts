import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {schemaVersion} from '../../source/store/documents/schema-version.js';
import {openStore, type Store} from '../../source/store/store.js';
import {noon, samplePrompt, sampleRun, settingsOf} from './samples.js';

let folder: string;
let store: Store;
let notices: string[];
/** Two runs, and the file that holds them. */
let older: string;
let newer: string;
let file: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-damage-'));
	notices = [];
	store = await openStore({folder, onNotice: message => notices.push(message)});
	older = (await store.addRun(id => sampleRun(id))).id;
	newer = (await store.addRun(id => sampleRun(id))).id;
	file = path.join(folder, 'run-index', `${older}.json`);
});
afterEach(() => rm(folder, {recursive: true}));

const files = async () => (await readdir(path.dirname(file))).sort();
const runIds = async () => (await store.listRuns()).map(({run}) => run.id);
const request = (id: string) => store.updateRun(id, run => ({...run, cancelRequestedAt: noon}));

/** Ways in which a file may have gone wrong, the words for them, and how many runs are saved. */
const damages: Array<[string, (text: string) => string | Buffer, string, 1 | 2]> = [
	['is empty', () => '', 'it is empty', 1],
	['is cut off', text => text.slice(0, -100), 'JSON', 1],
	['holds zeroes, as after a power cut', text => Buffer.alloc(text.length), 'JSON', 1],
	['holds garbage', text => Buffer.alloc(text.length, '\u00e9\u0000{"id":'), 'JSON', 1],
	['is no object', () => '[]', 'no object', 1],
	['has no version', text => text.replace(/"version":\d+,/, ''), 'no schema version', 2],
	['lacks a field', text => text.replace('"host":"demo",', ''), 'documents.0.host', 2],
	['has an unknown status', text => text.replace('"pending"', '"happy"'), 'documents.0', 2],
	[
		'has an id that leads elsewhere',
		text => text.replaceAll(newer, '../../../../x'),
		'not a valid id of a run',
		1,
	],
	['has ids out of order', text => text.replaceAll(newer, 'run_000000000000'), 'out of order', 1],
	['has an id twice', text => text.replaceAll(newer, older), 'out of order', 1],
	['has no documents', () => '{"version":1,"ids":[],"documents":[]}', 'documents', 1],
];

describe.each(damages)('a file that %s', (_what, damage, words, saved) => {
	const savedIds = () => (saved === 2 ? [newer, older] : [older]);
	beforeEach(async () => {
		await writeFile(file, damage(await readFile(file, 'utf8')));
	});

	test('is reported to the reader, who gets the intact lines and otherwise its previous state', async () => {
		expect(await runIds()).toEqual(savedIds());
		expect(notices).toEqual([expect.stringMatching(`^${file} is damaged: .*${words}`)]);
		expect(notices[0]).toContain('`cosmos verify --fix`');
	});

	test('still finds each listed run by its id', async () => {
		expect(await store.runIds()).toEqual(expect.arrayContaining(savedIds()));
		for (const id of savedIds()) {
			expect((await store.getRun(id))?.run.id).toBe(id);
		}
	});

	test('is an error for a run that cannot be saved', async () => {
		await expect(store.getRun('run_zzzzzzzzzzzz')).rejects.toMatchObject({
			kind: 'home',
			message: expect.stringMatching(`^${file} is damaged: .*${words}`),
			hint: expect.stringContaining('cosmos verify --fix'),
		});
	});

	test('is not changed by reading', async () => {
		const [before, bytes] = [await files(), await readFile(file)];
		await store.listRuns();
		await store.runIds();
		expect(await files()).toEqual(before);
		expect(await readFile(file)).toEqual(bytes);
	});

	test('is moved aside by an addition, and the recovered records are used', async () => {
		const bytes = await readFile(file);
		const {id} = await store.addRun(made => sampleRun(made));
		expect(await readFile(`${file}.damaged-1`)).toEqual(bytes);
		expect(await runIds()).toEqual([id, ...savedIds()]);
	});
});

test('a missing file is replaced by its previous state', async () => {
	await rm(file);
	expect(await runIds()).toEqual([older]);
	await request(older);
	expect(notices.at(-1)).toMatch(/it is missing.* 1 record of it is in use again/);
	expect((await store.getRun(older))?.run.cancelRequestedAt).toBe(noon);
});

test('a copy of a file under another name does not show its runs twice', async () => {
	await writeFile(path.join(path.dirname(file), 'run_000000000000.json'), await readFile(file));
	expect(await runIds()).toEqual([newer, older]);
});

describe('a damaged file', () => {
	beforeEach(() => writeFile(file, 'garbage'));

	test('is reported with both names if it was moved aside', async () => {
		await store.addRun(made => sampleRun(made));
		expect(notices).toEqual([
			expect.stringMatching(
				`^${file} .* moved to ${file}.damaged-1; 1 record of it is in use again`,
			),
		]);
	});

	test('is replaced by its previous state when one of its runs is changed', async () => {
		await request(older);
		expect(await runIds()).toEqual([older]);
		expect(await files()).toContain(`${older}.json.damaged-1`);
	});

	test('never overwrites one that was moved aside before', async () => {
		await request(older);
		await writeFile(file, 'more garbage');
		await request(older);
		expect(await readFile(`${file}.damaged-1`, 'utf8')).toBe('garbage');
		expect(await readFile(`${file}.damaged-2`, 'utf8')).toBe('more garbage');
	});

	test('without a previous state is not changed by a change of one of its runs', async () => {
		await rm(`${file}.previous`);
		await expect(request(older)).rejects.toMatchObject({
			message: expect.stringContaining('is damaged'),
		});
		expect(await readFile(file, 'utf8')).toBe('garbage');
		expect(await files()).toEqual([`${older}.json`]);
	});

	test('without a previous state is moved aside by an addition, which continues', async () => {
		await rm(`${file}.previous`);
		const {id} = await store.addRun(made => sampleRun(made));
		expect(await readFile(`${file}.damaged-1`, 'utf8')).toBe('garbage');
		expect(await runIds()).toEqual([id]);
		expect(id > older).toBe(true);
	});

	test('with a damaged previous state is moved aside too', async () => {
		await writeFile(`${file}.previous`, 'garbage');
		const {id} = await store.addRun(made => sampleRun(made));
		expect(await runIds()).toEqual([id]);
	});
});

describe('a file of a newer schema', () => {
	let text: string;
	beforeEach(async () => {
		text = (await readFile(file, 'utf8')).replace(
			`"version":${schemaVersion}`,
			`"version":${schemaVersion + 1}`,
		);
		await writeFile(file, text);
	});

	test.each([
		['reading', () => store.listRuns()],
		['resolving ids', () => store.runIds()],
		['adding', () => store.addRun(id => sampleRun(id))],
		['changing', () => request(older)],
	])('is rejected unchanged by %s, with a remedy', async (_what, use) => {
		await expect(use()).rejects.toMatchObject({
			kind: 'home',
			message: `${file} was written by a newer cosmos (schema ${schemaVersion + 1}; this one knows ${schemaVersion})`,
			hint: expect.stringContaining('Update cosmos'),
		});
		expect(await readFile(file, 'utf8')).toBe(text);
	});
});

describe('a file that a person has edited', () => {
	test('is read with a byte order mark and in another layout', async () => {
		const content = JSON.parse(await readFile(file, 'utf8'));
		content.documents[0].promptName = 'edited';
		await writeFile(file, `\uFEFF${JSON.stringify(content, undefined, 4)}`);
		expect((await store.getRun(older))?.run.promptName).toBe('edited');
		expect(await store.runIds()).toEqual([older, newer]);
	});

	test('is written without a byte order mark again', async () => {
		await writeFile(file, `\uFEFF${await readFile(file, 'utf8')}`);
		await request(older);
		expect((await readFile(file))[0]).toBe('{'.charCodeAt(0));
	});

	test('keeps runs readable whose settings are out of today’s range', async () => {
		const text = await readFile(file, 'utf8');
		await writeFile(file, text.replace('"steps":35', '"steps":5000'));
		expect(settingsOf((await store.getRun(older))?.run).steps).toBe(5000);
	});

	test('uses the default for a missing setting', async () => {
		const text = await readFile(file, 'utf8');
		await writeFile(file, text.replace('"steps":35,', ''));
		expect(settingsOf((await store.getRun(older))?.run).steps).toBe(35);
	});
});

test('an unrelated file in a folder of documents is ignored', async () => {
	await writeFile(path.join(path.dirname(file), 'notes.json'), 'mine');
	expect(await store.runIds()).toEqual([older, newer]);
});

test('a file where the data folder should be is an error that names it', async () => {
	const place = path.join(folder, 'file');
	await writeFile(place, '');
	const other = await openStore({folder: place});
	const error = {kind: 'home', message: expect.stringContaining(place)};
	await expect(other.listRuns()).rejects.toMatchObject(error);
	await expect(other.addPrompt(id => samplePrompt(id))).rejects.toMatchObject(error);
});
