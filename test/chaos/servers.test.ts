import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as pause} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore} from '../../source/store/store.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';
import {addServer, serverContainers} from '../lab/model-server.js';
import {createRandom} from './random.js';
import {mountSmallDisk, type SmallDisk} from './small-disk.js';

/** `COSMOS_SERVER_RUNS`, `COSMOS_SERVER_SEED`: a longer test, or the same again. */
const count = Number(process.env.COSMOS_SERVER_RUNS ?? 12);
const seed = Number(process.env.COSMOS_SERVER_SEED ?? Date.now() % 100_000);
/** Every so many jobs one is done by a container, which needs the GPUs of the server. */
const containerEvery = 4;
/** Times that a job runs again after its server has lost it; docs/servers.md. */
const mostLost = 5;

const clip = ['--model', 'cosmos3', '--resolution', '256', '--frames', '25', '--steps', '4'];

describe.skipIf(!available('docker', 'sshd', 'python3'))('a queue with a model server', () => {
	let lab: GpuHost;
	let prompt: string;
	let disk: SmallDisk;
	let place: string;

	// Each attempt counts the videos of its own runs alone.
	beforeEach(async () => {
		place = mkdtempSync(path.join(tmpdir(), 'cosmos-server-disk-'));
		disk = mountSmallDisk(place, 200);
		const host = await startGpuHost();
		const hostConfig = host.hostConfig.replace(/^remote_dir = .*$/m, `remote_dir = "${place}"`);
		lab = {...host, hostConfig, checkout: place};
		addServer(lab, 'nano', {idle_stop: 600});
		lab.simulate({
			COSMOS_SIMULATE: 'undrawn record model-load=0.4',
			COSMOS_SIMULATE_STEP: '0.1',
		});
		const made = await lab.cosmos(['create', 'prompt', 'A city at night']);
		prompt = made.stdout.trim().split('\t')[0] as string;
	});

	afterEach(async () => {
		await lab?.stop();
		disk?.unmount();
		rmSync(place, {recursive: true, force: true});
	});

	it(`loses nothing and doubles nothing while the server, the line, the host and the client are killed and the disk is full (seed ${seed})`, async () => {
		const {whole, pick} = createRandom(seed);
		const events = watchContainers(lab);
		for (let own = 1; own <= count; own++) {
			const where = own % containerEvery === 0 ? '--no-server' : '--server';
			const added = await lab.cosmos([
				'queue',
				'add',
				'inference',
				prompt,
				...clip,
				where,
				'--seed',
				String(own),
			]);
			expect(added.code, added.stderr).toBe(0);
		}

		let client = lab.start(['queue', 'run', '--once']);
		let isOver = false;
		const all = (async () => {
			for (;;) {
				const {code} = await client.ended;
				if (code !== -1) {
					break;
				}

				await lab.cosmos(['recover']);
				client = lab.start(['queue', 'run', '--once']);
			}

			isOver = true;
		})();
		let filled = 0;
		const faults = [
			() => onServer('kill'),
			() => onServer('restart', '-t', '0'),
			() => lab.sshd.cut(),
			async () => {
				await lab.sshd.halt();
				await pause(whole(0, 2000));
				await lab.sshd.resume();
			},
			async () => {
				client.process.kill('SIGKILL');
			},
			async () => {
				filled++;
				disk.fill();
				await pause(whole(0, 1000));
				disk.free();
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

		while (!isOver) {
			await Promise.race([all, pause(whole(500, 4500))]);
			if (!isOver) {
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
			const made = record.filter(line => line === `${own} begins`).length;
			expect(made, JSON.stringify(run)).toBeLessThanOrEqual(1 + (run.server?.again?.length ?? 0));
			if (run.status === 'failed' && run.server?.again?.length === mostLost) {
				expect(run.failure.message).toMatch(/^the server has lost the job each time: /);
				continue;
			}

			if (run.status === 'failed' && filled > 0) {
				expect(JSON.stringify(run.failure), JSON.stringify(run)).toMatch(/disk.*full/i);
				continue;
			}

			expect(run, JSON.stringify(run)).toMatchObject({status: 'completed'});
			expect(run.server?.name).toBe(own % containerEvery === 0 ? undefined : 'nano');
			if (run.server) {
				expect(made).toBeGreaterThan(0);
				const video = path.join(lab.data, 'runs', run.id, 'outputs', 'vision.mp4');
				expect(readFileSync(video, 'utf8')).toContain(`SIMULATED seed ${own}: `);
			}
		}

		// A job without a run says in the queue why it has none.
		const store = await openStore({folder: lab.data});
		const {jobs} = await store.readQueue();
		store.close();
		expect(jobs.filter(({parts}) => !parts.every(({runId}) => runId))).toEqual([]);
		expect(runs.map(({settings}) => (settings as {seed: number}).seed).sort()).toEqual(
			Array.from({length: count}, (_, index) => index + 1).sort(),
		);
		// Nothing of ours is left but the server.
		expect(lab.docker.containers().filter(name => !serverContainers(lab).includes(name))).toEqual(
			[],
		);
		const helpers = new Set(runs.filter(({server}) => server).map(({id}) => `cosmos-${id}`));
		expect(await events.together(helpers)).toEqual([]);
	}, 3_600_000);
});

/** What the engine itself says of the containers of jobs and servers. */
function watchContainers({docker}: GpuHost) {
	const [client = '', ...words] = docker.docker;
	const filters = ['start', 'die'].flatMap(one => ['--filter', `event=${one}`]);
	const format = '{{.TimeNano}} {{.Action}} {{.Actor.Attributes.name}} {{.Actor.ID}}';
	const events = spawn(
		client,
		[...words, 'events', '--filter', 'type=container', ...filters, '--format', format],
		{stdio: ['ignore', 'pipe', 'inherit']},
	);
	const seen: Array<{at: bigint; action: string; name: string; id: string}> = [];
	createInterface({input: events.stdout}).on('line', line => {
		const [at = '', action = '', name = '', id = ''] = line.split(' ');
		seen.push({at: BigInt(at), action, name, id});
	});
	return {
		/** Pairs that had the GPU at the same time. @param helpers jobs that are done by a server */
		async together(helpers: ReadonlySet<string>): Promise<string[]> {
			events.kill();
			await once(events, 'close');
			const pairs: string[] = [];
			const running = new Set<string>();
			// A restarted server serves no more: its second life ends at once.
			const started = new Set<string>();
			for (const {action, name, id} of seen.toSorted((a, b) => Number(a.at - b.at))) {
				if (helpers.has(name) || !/^cosmos-(?:run_|server-)/.test(name)) {
					continue;
				}

				if (action === 'die') {
					running.delete(name);
				} else if (!started.has(id)) {
					started.add(id);
					pairs.push(...[...running].map(other => `${other} ${name}`));
					running.add(name);
				}
			}

			return pairs;
		},
	};
}
