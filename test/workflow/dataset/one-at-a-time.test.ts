import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createWorkflow, type Workflow} from '../../../source/index.js';
import {type DatasetShell, openDatasetShell} from '../../dataset-shell.js';

let shell: DatasetShell;
let out: string;
const opened: Workflow[] = [];

beforeEach(async () => {
	shell = await openDatasetShell();
	out = path.join(shell.folder, 'out.jsonl');
});

afterEach(async () => {
	await Promise.all(opened.splice(0).map(workflow => workflow.close()));
	shell.close();
});

/** A run of a manifest that it reads when `goOn` is called. */
async function begin() {
	const workflow = await createWorkflow({dataDir: shell.data, configFile: shell.config});
	opened.push(workflow);
	let goOn = () => {};
	const gate = new Promise<void>(resolve => {
		goOn = resolve;
	});
	let isReading = () => {};
	const reading = new Promise<void>(resolve => {
		isReading = resolve;
	});
	async function* input() {
		isReading();
		await gate;
		yield '{"id": "a", "text": "Clip a"}\n{"id": "b", "text": "Clip b"}\n';
	}

	async function run(): Promise<string[]> {
		const seen: string[] = [];
		const rows = workflow.runDataset({manifest: '-', out, recipe: 'hash', context: {input}});
		for await (const {id, status} of rows) {
			seen.push(`${id} ${status}`);
		}

		return seen.sort();
	}

	return {ended: run(), reading, goOn};
}

const done = ['a completed', 'b completed'];

it('is one dataset for its output file, when two begin it at the same moment', async () => {
	const runs = [await begin(), await begin()];
	await Promise.all(runs.map(({reading}) => reading));
	const ends = Promise.allSettled(runs.map(({ended}) => ended));
	for (const {goOn} of runs) {
		goOn();
	}

	expect((await ends).sort((a, b) => (a.status < b.status ? -1 : 1))).toEqual([
		{status: 'fulfilled', value: done},
		{
			status: 'rejected',
			reason: expect.objectContaining({message: expect.stringContaining('out is being run by')}),
		},
	]);
	expect(shell.begun().sort()).toEqual(['Clip a', 'Clip b']);
	expect(shell.rows('out.jsonl').map(({id, status}) => `${id} ${status}`)).toEqual(done);
});

it('runs no clip that another process completes while its manifest is read', async () => {
	const first = await begin();
	first.goOn();
	await first.ended;
	shell.write('begun', '');
	const second = await begin();
	await second.reading;
	const third = await begin();
	await expect(third.ended).rejects.toThrow('out is being run by process');
	second.goOn();
	expect(await second.ended).toEqual([]);
	expect(shell.begun()).toEqual([]);
});
