import {createHash} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync, watch} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {runCosmos, type Started, startCosmos} from '../cosmos.js';
import {processes} from '../executor/engine/process/find-processes.js';
import {goOn, held} from '../hold.js';
import {launch, openDashboard} from '../pty/dashboard.js';

/** Long enough for a bar to show each step. */
const slow = {COSMOS_SIMULATE_STEP: '0.2', COSMOS_SIMULATE: 'step-bars'};
const steps = 12;

describe.skipIf(process.platform !== 'linux')('a run on the demo host outlives its cosmos', () => {
	let home: string;
	let data: string;
	let promptId: string;

	beforeAll(async () => {
		home = mkdtempSync(path.join(tmpdir(), 'cosmos-demo-recovery-'));
		data = path.join(home, 'data');
		expect((await cosmos(['demo'], {COSMOS_SIMULATE_STEP: '0'})).code).toBe(0);
		promptId = (await latestRun()).promptId;
	});

	afterEach(async () => {
		// A supervisor needs a moment to exit after it has recorded the end of its job.
		await expect.poll(() => processes().filter(({command}) => command.includes(home))).toEqual([]);
		expect(jobsThere()).toEqual([]);
	});

	afterAll(() => {
		rmSync(home, {recursive: true, force: true});
	});

	const envOf = (env: Readonly<Record<string, string>>) => ({
		HOME: home,
		COSMOS_DATA: data,
		...env,
	});
	const start = (words: readonly string[], env: Readonly<Record<string, string>> = slow) =>
		startCosmos(words, {cwd: home, env: envOf(env)});
	const cosmos = (words: readonly string[], env: Readonly<Record<string, string>> = slow) =>
		runCosmos(words, {cwd: home, env: envOf(env)});
	const demoHost = () => path.join(data, 'demo-host');
	const jobsFolder = () => path.join(demoHost(), 'cosmos-jobs');
	const jobsThere = () => readdirSync(jobsFolder()).filter(name => name.startsWith('run_'));

	async function latestRun() {
		const {stdout} = await cosmos(['show', 'latest', '--json']);
		return JSON.parse(stdout);
	}

	const inference = () => ['inference', promptId, '--host', 'demo', '--steps', String(steps)];

	/** Starts a run and kills its `cosmos` when the log has come so far. */
	async function startAndKill(
		env: Readonly<Record<string, string>> = {},
		{words = [], at = / 3\/12 \[/}: {words?: readonly string[]; at?: RegExp} = {},
	) {
		const started = start([...inference(), '--stream', ...words], {...slow, ...env});
		await started.seen(at);
		await kill(started);
		const run = await latestRun();
		expect(run.shown).toBe('interrupted');
		return run.id as string;
	}

	async function kill(started: Started) {
		started.process.kill('SIGKILL');
		await started.ended;
	}

	/** Waits until the job has ended by itself; nobody attends it. */
	async function jobEnded(runId: string) {
		const file = path.join(jobsFolder(), runId, 'job.json');
		await expect.poll(() => JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('exit');
	}

	/** Every step of the sampling is in the log once, in order, and every output is local. */
	function expectWhole(
		run: {id: string; outputs: ReadonlyArray<{name: string; sha256: string}>},
		{folder = data, count = steps} = {},
	) {
		const place = path.join(folder, 'runs', run.id);
		const log = readFileSync(path.join(place, 'log'), 'utf8');
		const seen = [...log.matchAll(new RegExp(`\\| (\\d+)/${count} \\[`, 'g'))];
		expect(seen.map(found => Number(found[1]))).toEqual([...Array(count + 1).keys()]);
		expect(run.outputs.map(({name}) => name)).toContain('vision.mp4');
		for (const {name, sha256} of run.outputs) {
			const bytes = readFileSync(path.join(place, 'outputs', name));
			expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
		}
	}

	it('is resumed by `recover` at the exact byte', async () => {
		const id = await startAndKill();
		const before = readFileSync(path.join(data, 'runs', id, 'log'), 'utf8');
		const recovered = await cosmos(['recover', '--stream']);
		expect(recovered.code).toBe(0);
		const run = await latestRun();
		expect(run).toMatchObject({id, status: 'completed', exitCode: 0});
		expectWhole(run);
		const log = readFileSync(path.join(data, 'runs', id, 'log'), 'utf8');
		expect(recovered.stdout.startsWith(log.slice(before.length))).toBe(true);
	});

	it('is downloaded by `recover` if it has ended meanwhile', async () => {
		await jobEnded(await startAndKill());
		expect((await cosmos(['recover'])).code).toBe(0);
		const run = await latestRun();
		expect(run).toMatchObject({status: 'completed', exitCode: 0});
		expectWhole(run);
	});

	it('keeps the exit code if it has ended meanwhile', async () => {
		await jobEnded(await startAndKill({COSMOS_SIMULATE: 'exit=7,step-bars'}));
		expect((await cosmos(['recover'])).code).toBe(1);
		expect(await latestRun()).toMatchObject({status: 'failed', exitCode: 7});
	});

	it('is still stopped by its time limit', async () => {
		const id = await startAndKill(
			{COSMOS_SIMULATE_STEP: '2'},
			{words: ['--time-limit', '10'], at: /./},
		);
		await jobEnded(id);
		const recovered = await cosmos(['recover']);
		expect(recovered.stderr).toContain('timed out after 10 s');
		expect(await latestRun()).toMatchObject({failure: {reason: 'timed-out'}, exitCode: 124});
	});

	it('can be stopped while no process owns it', async () => {
		const id = await startAndKill({COSMOS_SIMULATE: 'hang,step-bars'});
		const killed = await cosmos(['kill', id]);
		expect(killed.stderr).toContain('cancelled');
		expect(killed.code).toBe(0);
		expect((await latestRun()).status).toBe('cancelled');
	});

	it('keeps its slot: the next run waits, and says for whom', async () => {
		const id = await startAndKill(held);
		const next = start(inference());
		await next.seen(new RegExp(`waiting for ${id} of \\S+ \\(since`), 'stderr');
		const ended = await goOn(demoHost(), () => Promise.all([cosmos(['recover', id]), next.ended]));
		expect(ended.map(({code}) => code)).toEqual([0, 0]);
		const {stdout} = await cosmos(['list', 'runs', '--limit', '2', '--json']);
		const [second, first] = JSON.parse(stdout);
		expect(first.id).toBe(id);
		expectWhole(first);
		expectWhole(second);
	});

	it('is resumed even if its cosmos is killed as soon as the job exists', async () => {
		const started = start(inference());
		await new Promise<void>(resolve => {
			const watcher = watch(jobsFolder(), (_event, name) => {
				if (name?.startsWith('run_')) {
					watcher.close();
					resolve();
				}
			});
		});
		await kill(started);
		expect((await latestRun()).shown).toBe('interrupted');
		expect((await cosmos(['recover'])).code).toBe(0);
		const run = await latestRun();
		expect(run.status).toBe('completed');
		expectWhole(run);
	});

	it('continues when the dashboard quits, and is resumed by `recover`', async () => {
		const dashboard = await openDashboard({inShell: true, step: 0.15, simulate: 'hold,step-bars'});
		await launch(dashboard);
		await dashboard.waitFor(/▶ running/);
		dashboard.send('q');
		await dashboard.waitFor('leave it and quit');
		dashboard.send('l');
		await dashboard.waitFor('code 0');
		const folder = path.join(dashboard.data, 'demo-host');
		const recovered = await goOn(folder, () => dashboard.cosmos('recover'));
		expect(recovered.code).toBe(0);
		const {stdout} = await dashboard.cosmos('show', 'latest', '--json');
		expectWhole(JSON.parse(stdout), {folder: dashboard.data, count: 35});
	});
});
