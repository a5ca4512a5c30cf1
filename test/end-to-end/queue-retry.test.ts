import {cpSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Job} from '../../source/domain/queue/job.js';
import {createWorkflow} from '../../source/index.js';
import {runQueue} from '../../source/queue/queue-worker.js';
import {openStore, type Store} from '../../source/store/store.js';
import {queueLauncher} from '../../source/workflow/queue/queue-control.js';
import type {Workflow} from '../../source/workflow/workflow-types.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {startTcpProxy} from '../lab/tcp-proxy.js';

/** A video of a few small frames: what is drawn from it costs no time. */
const tiny = path.join(import.meta.dirname, '..', 'chaos', 'tiny.mp4');

describe.skipIf(!available('docker', 'sshd'))('a job whose host cannot be reached', () => {
	let lab: GpuHost;
	let store: Store;
	let workflow: Workflow;
	let promptId: string;

	beforeAll(async () => {
		lab = await startGpuHost();
		store = await openStore({folder: lab.data});
		workflow = await createWorkflow({
			dataDir: lab.data,
			configFile: path.join(lab.client.home, '.config', 'cosmos', 'config.toml'),
			cwd: lab.client.home,
			env: {PATH: process.env.PATH, HOME: lab.client.home, COSMOS_SIMULATE_STEP: '0'},
		});
		const videoDir = path.join(lab.client.home, 'tiny');
		mkdirSync(videoDir);
		cpSync(tiny, path.join(videoDir, 'color.mp4'));
		promptId = (await workflow.createPrompt({text: 'A street', negative: '', videoDir})).id;
	});

	afterAll(async () => {
		await workflow?.close();
		store?.close();
		await lab?.stop();
	});

	/** Every test has its own network between this machine and the host, and it is down. */
	let goOn: () => void;
	beforeEach(async () => {
		await workflow.queue.clear();
		await workflow.queue.forget();
		const proxy = await startTcpProxy(lab.sshd.port);
		await proxy.stop();
		const file = path.join(lab.client.sshFolder, 'config');
		const text = readFileSync(file, 'utf8');
		writeFileSync(file, text.replaceAll(String(lab.sshd.port), String(proxy.port)));
		goOn = () => writeFileSync(file, text);
		await workflow.queue.add([{requests: [{promptId, host: 'lab', settings: {steps: 1}}]}]);
		return () => goOn();
	});

	/** Works the queue off; resolves with what became of the job at every change. */
	async function work(
		retryPauses: readonly number[],
		onJob: (job: Job, controller: AbortController) => void = () => undefined,
	): Promise<Job[]> {
		const controller = new AbortController();
		const seen: Job[] = [];
		const watcher = {
			onJob(job: Job) {
				seen.push(job);
				onJob(job, controller);
			},
		};
		const parts = {
			store,
			launcher: queueLauncher({...workflow, withdraw: async () => undefined}),
			env: {},
			retryPauses,
			slotsFor: () => ['lab all'],
		};
		await runQueue(parts, watcher, controller.signal, {once: true});
		return seen;
	}

	it('is retried 3 times and then fails with the reason, and nothing has started', async () => {
		const seen = await work([1, 1, 1]);
		expect(seen.filter(({status}) => status === 'working')).toHaveLength(4);
		expect(seen.at(-1)).toMatchObject({
			status: 'failed',
			problem: expect.stringMatching(/refused the connection/),
		});
		expect(await store.runIds()).toEqual([]);
		expect(lab.docker.containers()).toEqual([]);
	});

	it('shows in the queue when and why it is retried', async () => {
		await work([60_000, 60_000, 60_000], ({status}, controller) => {
			if (status === 'waiting') {
				controller.abort();
			}
		});
		const {stdout} = await lab.cosmos(['queue', 'list']);
		expect(stdout).toMatch(/waiting.*retry 1 of 3 at .*\d\d:\d\d.*: .* refused the connection/);
	});

	it('runs once the host can be reached again', async () => {
		const seen = await work([1, 1, 1], ({attempts}) => {
			if (attempts === 2) {
				goOn();
			}
		});
		expect(seen.at(-1)).toMatchObject({status: 'done', attempts: 2});
		const runs = await store.listRuns();
		expect(runs).toMatchObject([{shown: 'completed'}]);
	});
});
