import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {addJobs} from '../../source/domain/queue/queue-change.js';
import type {Run} from '../../source/domain/types.js';
import {isAlive} from '../../source/machine/process-identity.js';
import {job, jobId, now} from '../domain/queue-jobs.js';
import {sampleRun} from '../store/samples.js';
import {addFinished, openShell, type Shell} from './in-process.js';

let shell: Shell;
let config: string;

beforeEach(async () => {
	shell = await openShell();
	config = path.join(shell.folder, 'config.toml');
	const host = 'ssh = "127.0.0.1"\nport = 9\nremote_dir = "~/x"\nimage = "cosmos"\n';
	writeFileSync(config, `[hosts.gone]\n${host}`);
});

afterEach(() => shell.close());

it('a data folder that comes from another machine is taken over on request', async () => {
	const owner = {pid: 7, startTime: '1', bootId: 'other', machine: 'old-laptop'};
	const {prompt} = await addFinished(shell.store);
	const run = await shell.store.addRun(
		id =>
			({
				...sampleRun(id, {promptId: prompt.id, owner}),
				...{host: 'gone', simulated: false, jobId: jobId(1), status: 'running'},
			}) as Run,
	);
	const working = {status: 'working', host: 'gone', owner, startedAt: now};
	await shell.store.changeQueue(queue => addJobs(queue, [job(1, working)]));
	const lock = path.join(shell.data, 'lanes', 'gone+gpu0.lock');
	mkdirSync(path.dirname(lock));
	writeFileSync(lock, `${JSON.stringify({nonce: 'ab', note: '', since: now, owner})}\n`);

	const call = (...words: string[]) => shell.cosmos([...words, '--config', config]);
	for (const words of [
		['kill', run.id],
		['recover', run.id],
		['queue', 'cancel', jobId(1)],
	]) {
		const {code, stderr} = await call(...words);
		expect([code, stderr]).toEqual([2, expect.stringContaining('process 7 on old-laptop')]);
		expect(stderr).toContain('`cosmos recover --moved`');
	}

	// The host does not respond, so that they stay interrupted.
	expect(await call('recover', '--moved')).toMatchObject({code: 4});
	expect((await shell.store.getRun(run.id))?.shown).toBe('interrupted');
	const [freed] = (await shell.store.readQueue()).jobs;
	expect(freed?.status === 'working' && isAlive(freed.owner)).toBe(false);
	expect(existsSync(lock)).toBe(false);
});
