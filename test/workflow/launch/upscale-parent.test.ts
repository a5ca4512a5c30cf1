import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {defaultsOf} from '../../../source/domain/settings/settings-tables.js';

import type {Run} from '../../../source/domain/types.js';
import {thisProcess} from '../../../source/machine/process-identity.js';
import {openStore, type Store} from '../../../source/store/store.js';
import {parentVideo} from '../../../source/workflow/launch/upscale-parent.js';
import {sampleRun} from '../../store/samples.js';

let folder: string;
let store: Store;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-parent-'));
	store = await openStore({folder});
});

afterEach(async () => {
	store.close();
	await rm(folder, {recursive: true});
});

const add = (change: (run: Run) => Run) => store.addRun(id => change(sampleRun(id)));
const failure = {reason: 'guardrail', message: 'blocked by the filter', hint: ''} as const;
const dead = {...thisProcess(), bootId: 'an earlier one'};

const completed = () =>
	add(run => ({
		...run,
		status: 'completed',
		exitCode: 0,
		outputs: [{name: 'output.mp4', size: 5, sha256: 'ab'.repeat(32)}],
	}));

describe('the parent of an upscale', () => {
	it('provides its video', async () => {
		const {id} = await completed();
		const file = path.join(store.runFolder(id), 'outputs', 'output.mp4');
		await writeFile(file, '12345');
		const {input} = await parentVideo(store, id);
		expect(input).toEqual({role: 'color', path: file, size: 5});
	});

	it.each<[string, () => Promise<Run>, string, string]>([
		[
			'is going on',
			() => add(run => ({...run, status: 'running'})),
			'is running: its video does not exist yet',
			'--follow',
		],
		[
			'was interrupted',
			() => add(run => ({...run, status: 'running', owner: dead})),
			'is interrupted',
			'cosmos recover run_',
		],
		[
			'failed',
			() => add(run => ({...run, status: 'failed', failure})),
			'it is failed: blocked by the filter',
			'completed',
		],
		[
			'was cancelled',
			() => add(run => ({...run, status: 'cancelled'})),
			'it is cancelled',
			'completed',
		],
		[
			'has its video still there',
			() => add(run => ({...run, status: 'uncollected', exitCode: 0, failure})),
			'still on demo',
			'cosmos fetch run_',
		],
		[
			'is an upscale',
			() => add(run => ({...run, operation: 'upscale', settings: defaultsOf('upscale')})),
			'is an upscale itself',
			'',
		],
		[
			'enhanced a text',
			() =>
				add(run => ({
					...run,
					operation: 'enhance',
					promptId: 'ps_000000000000',
					settings: defaultsOf('enhance'),
				})),
			'it has no video',
			'video file',
		],
		[
			'ran a recipe',
			() =>
				add(run => ({
					...run,
					operation: 'recipe',
					model: 'copy',
					promptId: 'ps_000000000000',
					recipe: {name: 'copy', command: ['cp'], inputs: [], outputs: ['*.mp4'], timeLimit: 60},
					settings: {seed: 1, timeLimit: 60},
				})),
			'is a run of the recipe copy',
			'as a file',
		],
		['has lost its video', completed, 'is gone: ', 'video file'],
	])('is rejected if it %s', async (_what, make, message, hint) => {
		const {id} = await make();
		await expect(parentVideo(store, id)).rejects.toMatchObject({
			kind: 'usage',
			message: expect.stringContaining(message),
			hint: expect.stringContaining(hint),
		});
	});

	it('is rejected if the size of its video has changed since the download', async () => {
		const {id} = await completed();
		await writeFile(path.join(store.runFolder(id), 'outputs', 'output.mp4'), '1234567');
		await expect(parentVideo(store, id)).rejects.toThrow('has a different size');
	});
});
