import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {schemaVersion} from '../../source/store/documents/schema-version.js';
import {openStore, type Store} from '../../source/store/store.js';
import {noon} from './samples.js';

const promptId = 'ps_6aqt2wkz0wfa';
const runId = 'run_6aqt2wkz0wfq';

/** As version 1 was written, when a run was always a transfer. */
const oldPrompt = {
	id: promptId,
	name: 'city-night',
	text: 'A city street at night',
	negative: '',
	videoDir: '/videos/city',
	inputs: [],
	createdAt: noon,
};
const oldRun = {
	id: runId,
	promptId,
	promptName: 'city-night',
	promptText: 'A city street at night',
	negative: '',
	operation: 'transfer',
	model: 'transfer1',
	settings: {
		...{vis: 0.25, edge: 0.25, depth: 0.25, seg: 0.25, steps: 35, guidance: 5, seed: 1, fps: 24},
		...{sigmaMax: 70, blur: 'medium', canny: 'medium', distilled: false, timeLimit: 3600},
		...{offloadTextEncoder: false, offloadGuardrails: false, offloadTransformer: false},
	},
	host: 'demo',
	lane: 'all',
	simulated: true,
	inputs: [{role: 'color', path: '/videos/city/color.mp4', size: 1000}],
	createdAt: noon,
	times: {ended: noon},
	owner: {pid: 1, startTime: '1', bootId: 'boot', machine: 'home'},
	status: 'completed',
	exitCode: 0,
	outputs: [{name: 'output.mp4', size: 1, sha256: 'ab'.repeat(32)}],
	uncleaned: true,
};

let folder: string;
let store: Store;

const documentsFile = (name: string, id: string) => path.join(folder, name, `${id}.json`);

async function writeOld(name: string, document: {id: string}, version = 1): Promise<void> {
	await mkdir(path.join(folder, name), {recursive: true});
	const text = `{"version":${version},"ids":["${document.id}"],\n"documents":[\n${JSON.stringify(document)}\n]}\n`;
	await writeFile(documentsFile(name, document.id), text);
}

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-migration-'));
	await writeOld('prompts', oldPrompt);
	await writeOld('run-index', oldRun);
	store = await openStore({folder});
});

afterEach(async () => {
	store.close();
	await rm(folder, {recursive: true});
});

describe('documents of version 1', () => {
	test('are read unchanged, and stay unchanged', async () => {
		const before = await readFile(documentsFile('run-index', runId), 'utf8');
		expect((await store.getRun(runId))?.run).toEqual(oldRun);
		expect(await store.listPrompts()).toEqual([oldPrompt]);
		expect(await readFile(documentsFile('run-index', runId), 'utf8')).toBe(before);
	});

	test('are found by their ids', async () => {
		expect([await store.promptIds(), await store.runIds()]).toEqual([[promptId], [runId]]);
	});

	test('are upgraded by a change', async () => {
		const {uncleaned: _, ...cleaned} = oldRun;
		await store.updateRun(
			runId,
			({uncleaned: _, ...run}) => run as typeof run & {status: 'pending'},
		);
		expect((await store.getRun(runId))?.run).toEqual(cleaned);
		expect(await readFile(documentsFile('run-index', runId), 'utf8')).toMatch(
			`{"version":${schemaVersion},`,
		);
	});
});

test('a run of version 2 without a model uses the first family', async () => {
	const {model, ...without} = {...oldRun, id: 'run_6aqt2wkz0wfr'};
	await writeOld('run-index', without, 2);
	const reopened = await openStore({folder});
	expect((await reopened.getRun(without.id))?.run).toEqual({...without, model});
	reopened.close();
});
