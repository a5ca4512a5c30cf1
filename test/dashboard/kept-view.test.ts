import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createViewStore, readKeptView} from '../../source/dashboard/kept-view.js';
import {defaultSettings} from '../default-settings.js';
import {commanded, filled} from './examples.js';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-kept-'));
});

afterEach(() => rm(folder, {recursive: true}));

async function kept(state: ReturnType<typeof filled>) {
	const keeper = createViewStore(folder, filled());
	keeper.follow(state);
	await keeper.close();
	return readKeptView(folder);
}

it('brings back panel, order, filter and the last values of the forms', async () => {
	const lastForms = {transfer: {settings: {...defaultSettings, steps: 7}, host: 'h100'}};
	const state = {...commanded(filled(), 'to-runs', 'sort'), lastForms};
	expect(await kept({...state, filters: {prompts: '', runs: 'guard', queue: ''}})).toMatchObject({
		focus: 'runs',
		subject: 'runs',
		sorts: {runs: 'running first'},
		filters: {runs: 'guard'},
		lastForms,
	});
});

it('goes on with a tour until it is over, and then never again', async () => {
	await createViewStore(folder, filled({touring: true})).close();
	expect(await readKeptView(folder)).toMatchObject({touring: true});
	const keeper = createViewStore(folder, filled({touring: true}));
	keeper.follow(filled({touring: false}));
	await keeper.close();
	expect(await readKeptView(folder)).toMatchObject({touring: false});
});

it('begins with the defaults of a form whose values are not allowed any more', async () => {
	const settings = {...defaultSettings, steps: 7000};
	expect(await kept({...filled(), lastForms: {transfer: {settings, host: 'h100'}}})).toMatchObject({
		lastForms: {},
	});
});

it.each([
	['damaged', '{"panel": '],
	['of another kind', '{"panel": "queue", "sorts": 3}'],
])('begins afresh with a file that is %s', async (_what, text) => {
	await writeFile(path.join(folder, 'dashboard.json'), text);
	expect(await readKeptView(folder)).toEqual({});
});

it('begins afresh without a file', async () => {
	expect(await readKeptView(folder)).toEqual({});
});
