import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {jobRecords} from '../../../../source/executor/engine/process/job-records.js';
import {
	folderVariable,
	recordFile,
} from '../../../../source/executor/engine/process/supervisor/job-files.js';
import {identityOf} from '../../../../source/machine/process-identity.js';

function started(env: NodeJS.ProcessEnv): ChildProcess {
	const child = spawn('sleep', ['1000'], {detached: true, stdio: 'ignore', env});
	onTestFinished(() => {
		child.kill('SIGKILL');
	});
	return child;
}

it.runIf(process.platform === 'linux')(
	'stops a command whose supervisor was killed before it could record it, and nothing else',
	async () => {
		const root = await mkdtemp(path.join(tmpdir(), 'cosmos-jobs-'));
		onTestFinished(() => rm(root, {recursive: true}));
		const records = jobRecords(root);
		const folder = await records.makeFolder('run_1');
		const keeper = started(process.env);
		const command = started({...process.env, [folderVariable]: folder});
		const other = started({...process.env, [folderVariable]: records.folderOf('run_11')});
		const record = {
			runId: 'run_1',
			lane: 'gpu0',
			startedBy: 'test',
			since: new Date().toISOString(),
			keeper: identityOf(keeper.pid as number),
			begun: true,
		};
		await writeFile(path.join(folder, recordFile), JSON.stringify(record));
		expect(await records.look('run_1')).toMatchObject({state: 'running'});
		const ended = once(command, 'exit');
		keeper.kill('SIGKILL');
		await once(keeper, 'exit');
		expect(await records.look('run_1')).toMatchObject({state: 'exited', exit: {code: 137}});
		expect(await ended).toEqual([null, 'SIGKILL']);
		expect(other.exitCode ?? other.signalCode).toBeNull();
	},
);
