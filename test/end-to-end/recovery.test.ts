import {readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {goOn, held} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';

/** A bar shows every step only when they take longer than its shortest interval, 0.1 s. */
const slow = {COSMOS_SIMULATE_STEP: '0.15', COSMOS_SIMULATE: 'step-bars'};
/** Ends only when somebody ends it. */
const endless = {...slow, COSMOS_SIMULATE: 'hang,step-bars'};

describe.skipIf(!available('docker', 'sshd'))('a run outlives everything but its container', () => {
	let lab: GpuHost;
	let promptId: string;

	beforeAll(async () => {
		lab = await startGpuHost();
		const made = await lab.cosmos(['create', 'prompt', 'A street', lab.videos]);
		promptId = made.stdout.trim();
	});

	afterAll(async () => {
		await lab?.stop();
	});

	afterEach(() => {
		expect(lab.docker.containers()).toEqual([]);
	});

	async function latestRun() {
		const {stdout} = await lab.cosmos(['show', 'latest', '--json']);
		return JSON.parse(stdout);
	}

	/** Every step of the sampling is in the log once, in order: nothing lost, nothing doubled. */
	function expectWholeLog(runId: string) {
		const log = readFileSync(path.join(lab.data, 'runs', runId, 'log'), 'utf8');
		const steps = [...log.matchAll(/\| (\d+)\/35 \[/g)].map(found => Number(found[1]));
		expect(steps).toEqual(Array.from({length: 36}, (_, step) => step));
	}

	async function startAndKill(env: Readonly<Record<string, string>> = slow) {
		const started = lab.start(['inference', promptId, '--stream'], env);
		await started.seen(/ 3\/35 \[/);
		started.process.kill('SIGKILL');
		await started.ended;
		expect((await latestRun()).shown).toBe('interrupted');
	}

	it('continues when its connection is cut', async () => {
		const started = lab.start(['inference', promptId, '--stream'], held);
		await started.seen(/ 3\/35 \[/);
		await lab.sshd.cut();
		await started.seen(/trying again in 1 s[\s\S]*connected to lab again/, 'stderr');
		const ended = await goOn(lab.checkout, () => started.ended);
		expect(ended.code).toBe(0);
		const run = await latestRun();
		expect(run.status).toBe('completed');
		expectWholeLog(run.id);
		expect(ended.stdout).toContain(
			readFileSync(path.join(lab.data, 'runs', run.id, 'log'), 'utf8'),
		);
	});

	it('is resumed by `recover` after its cosmos was killed', async () => {
		await startAndKill();
		const recovered = await lab.cosmos(['recover']);
		expect(recovered.code).toBe(0);
		const run = await latestRun();
		expect(run).toMatchObject({status: 'completed', exitCode: 0});
		expectWholeLog(run.id);
	});

	it('is downloaded by `recover` if its container has ended meanwhile', async () => {
		await startAndKill();
		const name = lab.docker.containers()[0] as string;
		lab.docker.run('wait', name);
		const logged = lab.docker.run('logs', name);
		const recovered = await lab.cosmos(['recover', 'latest', '--json']);
		expect(recovered.code).toBe(0);
		expect(JSON.parse(recovered.stdout)).toMatchObject({status: 'completed', exitCode: 0});
		const run = await latestRun();
		expectWholeLog(run.id);
		expect(readFileSync(path.join(lab.data, 'runs', run.id, 'log'), 'utf8')).toBe(logged);
	});

	it('keeps the exit code of a container that has failed meanwhile', async () => {
		await startAndKill({COSMOS_SIMULATE_STEP: '0.1', COSMOS_SIMULATE: 'exit=7,step-bars'});
		lab.docker.run('wait', lab.docker.containers()[0] as string);
		const recovered = await lab.cosmos(['recover']);
		expect(recovered.code).toBe(1);
		expect(await latestRun()).toMatchObject({status: 'failed', exitCode: 7});
	});

	it('fails as lost if its container was removed', async () => {
		await startAndKill(endless);
		lab.docker.run('rm', '-f', lab.docker.containers()[0] as string);
		const recovered = await lab.cosmos(['recover']);
		expect(recovered.code).toBe(1);
		expect(recovered.stderr).toContain('no longer exists on lab');
		expect(await latestRun()).toMatchObject({
			status: 'failed',
			failure: {reason: 'container-lost'},
		});
	});

	it('is adopted by only one of two processes', async () => {
		await startAndKill(held);
		const both = [1, 2].map(() => lab.cosmos(['recover', 'latest']));
		// It ends only after one of them has been refused.
		await Promise.race(both);
		const ended = await goOn(lab.checkout, () => Promise.all(both));
		expect(ended.map(({code}) => code).sort()).toEqual([0, 2]);
		expect(ended.map(({stderr}) => stderr).join()).toContain(
			'is already handled by another cosmos, process ',
		);
		expectWholeLog((await latestRun()).id);
	});

	it('can be stopped while no process owns it', async () => {
		await startAndKill(endless);
		const killed = await lab.cosmos(['kill', 'latest']);
		expect(killed.stderr).toContain('cancelled');
		expect(killed.code).toBe(0);
		expect((await latestRun()).status).toBe('cancelled');
	});

	it('is distinguished from a kill by others', async () => {
		const started = lab.start(['inference', promptId, '--stream'], endless);
		await started.seen(/ 3\/35 \[/);
		lab.docker.run('kill', lab.docker.containers()[0] as string);
		expect((await started.ended).code).toBe(1);
		expect(await latestRun()).toMatchObject({failure: {reason: 'killed'}, exitCode: 137});
	});

	it('refuses to recover a run that needs no recovery', async () => {
		const refused = await lab.cosmos(['recover', 'latest']);
		expect(refused.stderr).toContain('needs no recovery: it is failed');
		expect(refused.code).toBe(2);
	});

	it('waits for the slot, says for whom, and leaves no trace when it is killed', async () => {
		const first = lab.start(['inference', promptId, '--stream'], held);
		await first.seen(/ 3\/35 \[/);
		const waiter = lab.start(['inference', promptId], slow);
		await waiter.seen(/waiting for run_\w+ of \S+ \(up/, 'stderr');
		expect((await latestRun()).waitingFor).toMatch(/^run_/);
		waiter.process.kill('SIGINT');
		expect((await waiter.ended).code).toBe(130);
		expect(await latestRun()).toMatchObject({status: 'cancelled'});
		expect(lab.docker.containers()).toHaveLength(1);
		expect((await goOn(lab.checkout, () => first.ended)).code).toBe(0);
	});
});
