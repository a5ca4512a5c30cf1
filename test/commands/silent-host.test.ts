import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Run, ShownRun} from '../../source/domain/types.js';
import {createWorkflow, type Workflow} from '../../source/index.js';
import {thisProcess} from '../../source/machine/process-identity.js';
import {sampleRun} from '../store/samples.js';
import {addFinished, openShell, type Shell} from './in-process.js';

let shell: Shell;
let promptId: string;
let workflow: Workflow;

/** A host whose port nobody listens on, and a process like a dashboard, which goes on when something has failed. */
beforeEach(async () => {
	shell = await openShell();
	({
		prompt: {id: promptId},
	} = await addFinished(shell.store));
	const configFile = path.join(shell.folder, 'config.toml');
	writeFileSync(
		configFile,
		'[hosts.gone]\nssh = "127.0.0.1"\nport = 9\nremote_dir = "~/x"\nimage = "cosmos"\n',
	);
	const env = {PATH: process.env.PATH, HOME: shell.folder};
	workflow = await createWorkflow({dataDir: shell.data, configFile, env});
});

afterEach(async () => {
	await workflow.close();
	shell.close();
});

const add = (change: object) =>
	shell.store.addRun(
		id => ({...sampleRun(id, {promptId}), host: 'gone', simulated: false, ...change}) as Run,
	);
const stored = async ({id}: Run) => (await shell.store.getRun(id)) as ShownRun;
const deadOwner = {...thisProcess(), startTime: '1'};

describe('with a host that does not respond', () => {
	it('a run whose outputs are there stays uncollected, and says why', async () => {
		const failure = {reason: 'collect', message: 'the connection was lost', hint: ''};
		const run = await add({status: 'uncollected', exitCode: 0, failure});
		await expect(workflow.fetch(run.id)).rejects.toMatchObject({kind: 'connection'});
		expect((await stored(run)).run).toMatchObject({status: 'uncollected', failure});
		await expect(workflow.fetch(run.id)).rejects.toMatchObject({kind: 'connection'});
	});

	it('an interrupted run that cannot be resumed is shown as interrupted', async () => {
		const run = await add({status: 'running', owner: deadOwner});
		await expect(workflow.recover(run.id)).rejects.toMatchObject({kind: 'connection'});
		expect((await stored(run)).shown).toBe('interrupted');
		const stop = await shell.cosmos([
			'kill',
			run.id,
			'--config',
			path.join(shell.folder, 'config.toml'),
		]);
		expect(stop.code).toBe(4);
	});
});
