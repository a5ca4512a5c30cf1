import {readFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {addServer, serverContainers} from '../lab/model-server.js';
import {createRandom} from './random.js';

/** `COSMOS_SERVER_RUNS`, `COSMOS_SERVER_SEED`: a longer test, or the same again. */
const count = Number(process.env.COSMOS_SERVER_RUNS ?? 8);
const seed = Number(process.env.COSMOS_SERVER_SEED ?? Date.now() % 100_000);
/** Clients that launch at the same time. */
const clients = 3;

const clip = ['--model', 'cosmos3', '--resolution', '256', '--frames', '25', '--steps', '4'];

describe.skipIf(!available('docker', 'sshd', 'python3'))('runs of a model server', () => {
	let lab: GpuHost;
	let prompt: string;

	// Each attempt counts the videos of its own runs alone.
	beforeEach(async () => {
		lab = await startGpuHost();
		addServer(lab, 'nano', {idle_stop: 600});
		lab.simulate({
			COSMOS_SIMULATE: 'undrawn record model-load=0.4',
			COSMOS_SIMULATE_STEP: '0.1',
		});
		const made = await lab.cosmos(['create', 'prompt', 'A city at night']);
		prompt = made.stdout.trim().split('\t')[0] as string;
	});

	afterEach(() => lab?.stop());

	it(`lose nothing and double nothing while the server, the line and the clients are killed (seed ${seed})`, async () => {
		const {whole, pick} = createRandom(seed);
		const left = Array.from({length: count}, (_, index) => index + 1);
		let working = 0;
		const killed: number[] = [];
		const started_ = new Set<ReturnType<GpuHost['start']>>();

		async function client(): Promise<void> {
			for (let own = left.shift(); own !== undefined; own = left.shift()) {
				const words = ['inference', prompt, ...clip, '--server', '--seed', String(own)];
				const started = lab.start(words);
				started_.add(started);
				working++;
				await started.ended;
				working--;
				started_.delete(started);
			}
		}

		const faults = [
			() => onServer('kill'),
			() => onServer('restart', '-t', '0'),
			() => lab.sshd.cut(),
			async () => {
				const [one] = started_;
				if (one?.process.pid !== undefined) {
					one.process.kill('SIGKILL');
					killed.push(one.process.pid);
				}
			},
		];

		function onServer(...words: string[]): void {
			const [name] = serverContainers(lab);
			try {
				lab.docker.run(...words, name ?? 'none');
			} catch {
				// It was not there, or is being replaced.
			}
		}

		const all = Promise.all(Array.from({length: clients}, client));
		let isOver = false;
		all
			.finally(() => {
				isOver = true;
			})
			.catch(() => undefined);
		while (!isOver) {
			await pause(whole(500, 4500));
			if (working > 0) {
				await pick(faults)();
			}
		}

		await all;
		await lab.cosmos(['recover']);
		const {stdout} = await lab.cosmos(['list', 'runs', '--json', '--limit', '10000']);
		const runs = JSON.parse(stdout) as Run[];
		const record = readFileSync(path.join(lab.checkout, 'videos.log'), 'utf8').split('\n');
		for (const run of runs) {
			const own = Number((run.settings as {seed: number}).seed);
			expect(run, JSON.stringify(run)).toMatchObject({status: 'completed', server: {name: 'nano'}});
			const video = path.join(lab.data, 'runs', run.id, 'outputs', 'vision.mp4');
			expect(readFileSync(video, 'utf8')).toContain(`SIMULATED seed ${own}: `);
			const made = record.filter(line => line === `${own} begins`).length;
			expect(made, `seed ${own}`).toBeGreaterThan(0);
			expect(made, `seed ${own}`).toBeLessThanOrEqual(1 + (run.server?.again?.length ?? 0));
		}

		// A client that was killed before it recorded its run has none.
		expect(runs.length).toBeGreaterThanOrEqual(count - killed.length);
		expect(new Set(runs.map(({settings}) => (settings as {seed: number}).seed)).size).toBe(
			runs.length,
		);
		// Nothing of ours is left but the server.
		expect(lab.docker.containers()).toEqual(serverContainers(lab));
	}, 1_500_000);
});
