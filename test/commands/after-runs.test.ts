import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Prompt, Run} from '../../source/domain/types.js';
import {thisProcess} from '../../source/machine/process-identity.js';
import {sampleRun} from '../store/samples.js';
import {addFinished, openShell, type Shell} from './in-process.js';

let shell: Shell;
let prompt: Prompt;
let run: Run;

beforeEach(async () => {
	shell = await openShell();
	({prompt, run} = await addFinished(shell.store));
});

afterEach(() => shell.close());

/** A process that had our number before us. */
const deadOwner = {...thisProcess(), startTime: '1'};
const add = (change: object) =>
	shell.store.addRun(id => ({...sampleRun(id, {promptId: prompt.id}), ...change}) as Run);
const failed = {
	status: 'failed',
	failure: {reason: 'check', message: 'no', hint: ''},
};

describe('cosmos wait', () => {
	it.each([
		['completed', {status: 'completed', exitCode: 0, outputs: []}, 0],
		['failed', failed, 1],
		['cancelled', {status: 'cancelled'}, 130],
	])('ends with the code of a %s run', async (shown, change, code) => {
		const {id} = await add(change);
		const ended = await shell.cosmos(['wait', id]);
		expect(ended.stdout).toMatch(new RegExp(`^${id}\t\\S ${shown}\n$`));
		expect(ended.code).toBe(code);
	});

	it('resolves when another process ends the run, with the worst code of several', async () => {
		const going = await add({});
		const waiting = shell.cosmos(['wait', run.id, going.id]);
		await shell.store.updateRun(going.id, stored => ({...stored, ...failed}) as Run);
		const {code, stdout} = await waiting;
		expect(code).toBe(1);
		expect(stdout.trim().split('\n')).toHaveLength(2);
	});

	it('says how to resume the run when its process has died', async () => {
		const {id} = await add({status: 'running', owner: deadOwner});
		const {code, stderr} = await shell.cosmos(['wait', id]);
		expect(code).toBe(1);
		expect(stderr).toContain(`cosmos recover ${id}`);
	});
});

describe('cosmos open', () => {
	it('prints the path of the result, not of a control next to it', async () => {
		const {stdout} = await shell.cosmos(['open', run.id, '--print']);
		expect(stdout).toBe(`${path.join(shell.store.runFolder(run.id), 'outputs', 'output.mp4')}\n`);
	});

	it('passes the path to the configured command', async () => {
		const config = path.join(shell.folder, 'c.toml');
		writeFileSync(config, 'open = "test -e"\n');
		// The sample has no file: a command that looks for it fails, and says which.
		const ended = await shell.cosmos(['open', run.id, '--config', config]);
		expect(ended.code).toBe(6);
		expect(ended.stderr).toContain('output.mp4: test exited with code 1');
		writeFileSync(path.join(shell.store.runFolder(run.id), 'outputs', 'output.mp4'), '');
		expect((await shell.cosmos(['open', run.id, '--config', config])).code).toBe(0);
	});

	it('reports a missing player', async () => {
		const ended = await shell.cosmos(['open', run.id], {env: {COSMOS_OPEN: 'no-such-player'}});
		expect(ended.stderr).toContain('no-such-player does not exist');
	});

	it('rejects a run without a video', async () => {
		const {id} = await add(failed);
		expect((await shell.cosmos(['open', id])).stderr).toContain(`${id} has no local video`);
	});
});

describe('cosmos show', () => {
	it('shows the sources and the results of a run', async () => {
		const upscale = await add({
			operation: 'upscale',
			parentId: run.id,
			settings: {weight: 0.5, timeLimit: 3600},
		});
		const {stdout} = await shell.cosmos(['show', run.id]);
		expect(stdout).toMatch(new RegExp(`source\n  prompt +${prompt.id}`));
		expect(stdout).toMatch(new RegExp(`results\n  upscale +${upscale.id}`));
		const json = JSON.parse((await shell.cosmos(['show', upscale.id, '--json'])).stdout);
		expect(json.lineage.parents.map(({id}: {id: string}) => id)).toEqual([prompt.id, run.id]);
	});
});

describe('cosmos hosts', () => {
	it('lists every host with its configuration', async () => {
		const config = path.join(shell.folder, 'c.toml');
		writeFileSync(
			config,
			'[hosts.h100]\nssh = "box"\nuser = "ada"\nport = 2222\nremote_dir = "/m"\nimage = "i:1"\n',
		);
		const {stdout} = await shell.cosmos(['hosts', '--config', config]);
		expect(stdout.split('\n')[0]).toBe(
			'*\th100\tssh ada@box:2222\tdocker\ttransfer1\tgpu0\t-\t/m\ti:1',
		);
		expect(stdout).toContain('\tdemo\tthis machine\t');
	});
});
