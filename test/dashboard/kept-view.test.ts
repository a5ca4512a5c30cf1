import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createViewStore, readKeptView} from '../../source/dashboard/kept-view.js';
import {firstView} from '../../source/state/list-views.js';
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
	const runs = {columns: ['name', 'seed'], sort: 'psnr', reversed: true, group: 'status'};
	const views = {prompts: firstView, runs};
	const state = {...commanded(filled(), 'to-runs'), lastForms, views};
	expect(await kept({...state, filters: {prompts: '', runs: 'guard', queue: ''}})).toMatchObject({
		focus: 'runs',
		subject: 'runs',
		views,
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
	['newest', 'created'],
	['running first', 'status'],
	['going first', 'status'],
	['name', 'name'],
	['longest', 'took'],
	['best rated', 'stars'],
])('takes the order "%s" of an earlier version as that by %s', async (runs, sort) => {
	const sorts = {prompts: 'newest', runs};
	const file = {panel: 'runs', sorts, filters: {prompts: '', runs: ''}, lastForms: {}};
	await writeFile(path.join(folder, 'dashboard.json'), JSON.stringify(file));
	expect(await readKeptView(folder)).toMatchObject({
		views: {prompts: firstView, runs: {sort, reversed: false}},
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
