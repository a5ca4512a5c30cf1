import {chownSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {explainExit} from '../../../../source/domain/runs/run-status.js';
import type {Job} from '../../../../source/executor/engine/engine.js';
import {available, hasNvidiaToolkit} from '../../../lab/available.js';
import {processes} from '../process/find-processes.js';
import {type Bench, openBench} from './docker-bench.js';

const sh = (script: string) => ['sh', '-c', script];

describe.skipIf(!available('docker'))('a job in a container', () => {
	let bench: Bench;

	beforeAll(async () => {
		bench = await openBench();
	});

	afterAll(async () => bench.close());

	const inspect = (runId: string) =>
		JSON.parse(bench.lab.run('inspect', `cosmos-${runId}`))[0] as {
			Args: string[];
			Config: {Labels: Record<string, string>; Cmd: string[]};
			HostConfig: {IpcMode: string; LogConfig: {Config: Record<string, string>}};
			State: {Status: string};
		};

	test('its output is seen while it runs', async () => {
		const go = path.join(bench.checkout, 'go');
		const job = bench.start(
			bench.job(sh('echo first; until [ -e go ]; do sleep 0.1; done; echo last')),
		);
		await job.seen('first\n');
		expect(job.text()).toBe('first\n');
		writeFileSync(go, '');
		await job.exit;
		expect(job.text()).toBe('first\nlast\n');
	});

	test.each([0, 3])('its code %i is the exit code', async code => {
		const exit = await bench.start(bench.job(sh(`exit ${code}`))).exit;
		expect(exit).toEqual({code, oomKilled: false, engineMessage: ''});
	});

	test('a command that does not exist ends with 127', async () => {
		const {code} = await bench.start(bench.job(['no-such-program'])).exit;
		expect(code).toBe(127);
	});

	test.each([
		['a device that is not there', ['--device', '/dev/no-such'], '/dev/no-such'],
		['a setting that the kernel does not have', ['--sysctl', 'net.no_such=1'], 'no_such'],
		['an entry point that is not there', ['--entrypoint', '/no-such'], '/no-such'],
	])('%s is refused by the engine, in its words and with a hint', async (_name, more, words) => {
		const engine = bench.engineFor({dockerArgs: [...bench.lab.bareArgs, ...more]});
		const exit = await bench.start(bench.job(['true']), engine).exit;
		const {reason, message, hint} = explainExit(exit, '', 3600);
		expect(reason).toBe('engine');
		expect(message).toContain(words);
		expect(hint).not.toBe('');
	});

	test('a command killed by SIGKILL ends with 137, which is not reported as out of memory', async () => {
		const exit = await bench.start(bench.job(sh('kill -9 $$'))).exit;
		expect(exit).toMatchObject({code: 137, oomKilled: false});
	});

	test('a container killed from outside ends with 137', async () => {
		const job = bench.job(sh('echo on; sleep 600'));
		const started = bench.start(job);
		await started.seen('on');
		bench.lab.run('kill', `cosmos-${job.runId}`);
		expect(await started.exit).toMatchObject({code: 137, oomKilled: false});
	});

	test('a command that the kernel killed for memory is reported as such', async () => {
		const engine = bench.engineFor({dockerArgs: [...bench.lab.bareArgs, '-m', '30m']});
		const exit = await bench.start(bench.job(sh('exec tail /dev/zero')), engine).exit;
		expect(exit).toMatchObject({code: 137, oomKilled: true});
	});

	test('the time limit ends it with 124', async () => {
		const exit = await bench.start(bench.job(sh('sleep 600'), {timeLimit: 1})).exit;
		expect(exit.code).toBe(124);
	});

	test("output has the same bytes, in the same order, as the container's log", async () => {
		const both = 'i=0; while [ $i -lt 3000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done';
		const job = bench.job(sh(both));
		const started = bench.start(job);
		await started.exit;
		expect(started.text()).toBe(bench.lab.run('logs', `cosmos-${job.runId}`));
		expect(started.text().split('\n')).toHaveLength(6001);
	});

	test('arguments are passed unchanged', async () => {
		const words = [
			'',
			' two  spaces ',
			`a 'b' "c"`,
			'$(id) `id` $HOME',
			'x\ny\n',
			'🚗é',
			'-e',
			'\\n!',
		];
		const started = bench.start(bench.job(['sh', '-c', `printf '<%s>' "$@"`, 'sh', ...words]));
		await started.exit;
		expect(started.text()).toBe(words.map(word => `<${word}>`).join(''));
	});

	test('it works in the checkout, with the model on the path', async () => {
		const started = bench.start(bench.job(sh('pwd; echo "$PYTHONPATH"; ls cosmos-runs | wc -l')));
		await started.exit;
		expect(started.text()).toMatch(/^\/workspace\n\/workspace\n[1-9]/);
	});

	test('the environment is passed, even with quotes and hashes', async () => {
		const env = {HF_TOKEN: 'hf_1 "2" \'3\' #4 $5', EMPTY: ''};
		const job = bench.job(sh('echo "[$HF_TOKEN][$EMPTY]"'), {env});
		const started = bench.start(job);
		await started.exit;
		expect(started.text()).toBe(`[${env.HF_TOKEN}][]\n`);
	});

	test('a secret is on no command line, and is removed from the disk at the start', async () => {
		const job = bench.job(sh('echo on; sleep 600'), {env: {HF_TOKEN: 'hf_secret'}});
		const file = path.join(bench.checkout, job.runFolder, 'env');
		const started = bench.start(job);
		await started.seen('on');
		expect(processes().filter(({command}) => command.includes('hf_secret'))).toEqual([]);
		const {Args, Config} = inspect(job.runId);
		expect(JSON.stringify([Args, Config.Cmd])).not.toContain('hf_secret');
		expect(readFileSync(file, 'utf8')).toBe('');
		await bench.engine.stop(job.runId, 0);
		await started.exit;
	});

	test('a value of two lines is rejected before anything is started', async () => {
		const job = bench.job(sh('true'), {env: {KEY: 'one\ntwo'}});
		await expect(bench.engine.run(job, {onOutput() {}})).rejects.toThrow(
			'the value of KEY has more than one line',
		);
		expect(bench.lab.containers()).not.toContain(`cosmos-${job.runId}`);
	});

	test('removing a missing container is not an error', async () => {
		await expect(bench.engine.remove('run_none')).resolves.toBeUndefined();
	});

	test('files that it wrote into the run folder belong to the owner of that folder', async () => {
		const job = bench.job(sh('mkdir -p "$0/outputs/deep"; echo x >"$0/outputs/deep/file"'));
		const folder = path.join(bench.checkout, job.runFolder);
		chownSync(folder, 12_345, 23_456);
		await bench.start({...job, command: [...job.command, job.runFolder]}).exit;
		const {uid, gid} = statSync(path.join(folder, 'outputs/deep/file'));
		expect([uid, gid]).toEqual([12_345, 23_456]);
	});

	test('files of a killed container also belong to that owner once it is removed', async () => {
		const job = bench.job(['sh', '-c', 'echo x >"$0/file"; echo on; sleep 600']);
		const folder = path.join(bench.checkout, job.runFolder);
		chownSync(folder, 12_345, 23_456);
		const started = bench.start({...job, command: [...job.command, job.runFolder]});
		await started.seen('on');
		bench.lab.run('kill', `cosmos-${job.runId}`);
		await started.exit;
		await bench.engine.remove(job.runId);
		const {uid, gid} = statSync(path.join(folder, 'file'));
		expect([uid, gid]).toEqual([12_345, 23_456]);
	});

	describe('a container that has ended', () => {
		let job: Job;

		beforeAll(async () => {
			job = bench.job(sh('echo once; exit 5'), {slot: 'gpu7'});
			await bench.start(job).exit;
		});

		test('is kept', () => {
			expect(inspect(job.runId).State.Status).toBe('exited');
		});

		test('has labels that say what it is and who started it', () => {
			expect(inspect(job.runId).Config.Labels).toEqual({
				'cosmos.run': job.runId,
				'cosmos.lane': 'gpu7',
				'cosmos.gpus': expect.stringMatching(/^7\//),
				'cosmos.by': 'ann@desk',
				'cosmos.folder': job.runFolder,
				'cosmos.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
			});
		});

		test('had no log limit of the daemon', () => {
			expect(inspect(job.runId).HostConfig.LogConfig.Config).toMatchObject({
				'max-size': '1p',
				mode: 'blocking',
			});
		});

		test('is not started twice: another start attaches to it', async () => {
			const again = bench.start(job);
			expect(await again.exit).toMatchObject({code: 5});
			expect(again.text()).toBe('once\n');
		});

		test('is gone after it is removed', async () => {
			await bench.engine.remove(job.runId);
			expect(bench.lab.containers()).not.toContain(`cosmos-${job.runId}`);
		});
	});

	test('an option that the engine does not know is reported with its message', async () => {
		const engine = bench.engineFor({dockerArgs: ['--bogus']});
		await expect(bench.start(bench.job(sh('true')), engine).exit).rejects.toMatchObject({
			code: 'engine-failed',
			message: 'lab could not start the job: unknown flag: --bogus',
			hint: expect.stringContaining('docker_args'),
		});
	});

	test.skipIf(hasNvidiaToolkit())(
		'GPUs without an NVIDIA runtime are rejected with a remedy',
		async () => {
			const engine = bench.engineFor({gpus: [0, 2]});
			await expect(bench.start(bench.job(sh('true')), engine).exit).rejects.toMatchObject({
				kind: 'host',
				message: expect.stringContaining('no NVIDIA runtime'),
				hint: expect.stringContaining('gpus = []'),
			});
		},
	);

	test('a missing image is named', async () => {
		const engine = bench.engineFor({image: 'nvcr.io/me/none:1'});
		await expect(bench.start(bench.job(sh('true')), engine).exit).rejects.toThrow(
			'lab has no image nvcr.io/me/none:1',
		);
	});
});
