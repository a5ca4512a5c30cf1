import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {ConnectionLostError} from '../../../../source/domain/errors.js';
import {available} from '../../../lab/available.js';
import {type Bench, openBench} from './docker-bench.js';

/** A start that was cut off between its parts: client asked, container made, command begun. */
describe.skipIf(!available('docker'))('a container whose start was cut off', () => {
	let bench: Bench;

	beforeAll(async () => {
		bench = await openBench();
	});
	afterAll(() => bench?.close());

	const sh = (script: string) => ['sh', '-c', script];

	/** What a client leaves that was killed after it had made a container. */
	function makeContainer(runId: string, lane: string): void {
		const labels = ['--label', `cosmos.run=${runId}`, '--label', `cosmos.lane=${lane}`];
		bench.lab.run('create', '--name', `cosmos-${runId}`, ...labels, bench.lab.image, 'true');
	}

	test('has not run', async () => {
		const job = bench.job(sh('true'));
		makeContainer(job.runId, job.slot);
		expect(await bench.engine.find(job.runId)).toEqual({state: 'unstarted'});
		await bench.engine.remove(job.runId);
	});

	test('is removed for a new start of its run', async () => {
		const job = bench.job(sh('echo here'));
		makeContainer(job.runId, job.slot);
		const started = bench.start(job);
		expect(await started.exit).toMatchObject({code: 0});
		expect(started.text()).toBe('here\n');
		await bench.engine.remove(job.runId);
	});

	test('cannot start any more once the next job has the slot', async () => {
		const job = bench.job(sh('true'));
		makeContainer('run_dead', job.slot);
		await bench.start(job).exit;
		expect(bench.lab.containers()).toEqual([`cosmos-${job.runId}`]);
		await bench.engine.remove(job.runId);
	});

	test('counts as a lost connection if its client was killed, not as an end of the job', async () => {
		const client = path.join(bench.checkout, 'dying-client');
		const {docker} = bench.lab;
		writeFileSync(
			client,
			`#!/bin/sh\n[ "$1" = run ] && kill -KILL $$\nexec ${docker.join(' ')} "$@"\n`,
			{mode: 0o755},
		);
		const engine = bench.engineFor({docker: [client]});
		const job = bench.job(sh('true'));
		await expect(bench.start(job, engine).exit).rejects.toBeInstanceOf(ConnectionLostError);
		expect(await bench.engine.find(job.runId)).toEqual({state: 'unstarted'});
		await bench.engine.remove(job.runId);
	});

	test('counts as a lost connection if the engine does not respond, and no other job is overlooked', async () => {
		const client = path.join(bench.checkout, 'deaf-client');
		const words = 'Cannot connect to the Docker daemon at unix:///nowhere';
		writeFileSync(client, `#!/bin/sh\necho ${JSON.stringify(words)} >&2\nexit 1\n`, {mode: 0o755});
		const job = bench.job(sh('true'));
		const started = bench.start(job, bench.engineFor({docker: [client]}));
		await expect(started.exit).rejects.toBeInstanceOf(ConnectionLostError);
		expect(await bench.engine.find(job.runId)).toEqual({state: 'unstarted'});
	});

	test('is not started again if it was removed after its command had started', async () => {
		const job = bench.job(sh('echo on; sleep 600'));
		const started = bench.start(job);
		await started.seen('on');
		bench.lab.run('rm', '-f', `cosmos-${job.runId}`);
		await expect(started.exit).rejects.toMatchObject({code: 'connection-lost'});
		expect(await bench.engine.find(job.runId)).toEqual({state: 'removed'});
	});

	test('does not start a second time in the same run folder', async () => {
		const job = bench.job(sh('echo once'));
		mkdirSync(path.join(bench.checkout, job.runFolder, 'begun'));
		const started = bench.start(job);
		expect(await started.exit).toMatchObject({code: 125});
		expect(started.text()).not.toContain('once');
		await bench.engine.remove(job.runId);
	});
});
