import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {createInputs} from '../chaos/inputs.js';
import {goOn, held} from '../hold.js';
import {available} from '../lab/available.js';
import {type GpuHost, startGpuHost} from '../lab/gpu-host.js';

/** A video of a few small frames: what is drawn from it costs no time. */
const tiny = path.join(import.meta.dirname, '..', 'chaos', 'tiny.mp4');

describe.skipIf(!available('docker', 'sshd'))('a queue over SSH, in containers', () => {
	let lab: GpuHost;
	let store: Store;
	let prompts: [string, string];
	/** Seconds since 1970, before the first container. */
	let since: string;
	const jobs: Record<string, string> = {};
	let lastCode: number;

	async function add(name: string, ...words: string[]): Promise<void> {
		const {stdout, stderr} = await lab.cosmos(['queue', 'add', ...words]);
		expect(stderr).toBe('');
		jobs[name] = stdout.split('\t')[0] as string;
	}

	/** Seven jobs; two workers, of which the one at work is killed while its container runs. */
	beforeAll(async () => {
		lab = await startGpuHost();
		since = String(Math.floor(Date.now() / 1000));
		store = await openStore({folder: lab.data});
		const videos = path.join(lab.client.home, 'tiny');
		mkdirSync(videos);
		cpSync(tiny, path.join(videos, 'color.mp4'));
		const made: string[] = [];
		for (const text of ['A street', 'A desert']) {
			made.push((await lab.cosmos(['create', 'prompt', text, videos])).stdout.trim());
		}

		prompts = made as [string, string];
		const [street, desert] = prompts;
		await add('cancelled', 'inference', street);
		await add('long', 'inference', street, '--steps', '8');
		await add('failing', 'inference', street, desert, '--batch', '--steps', '2');
		// A batch is named by its parts: the second one is what will fail.
		const second = (await jobOf('failing'))?.parts[1]?.id as string;
		await add('after', 'inference', desert, '--after', second);
		await add('upscale', 'upscale', jobs.long as string);
		await add('held', 'inference', street);
		await add('last', 'inference', desert, '--steps', '2');
		await lab.cosmos(['queue', 'hold', jobs.held as string]);
		await lab.cosmos(['queue', 'cancel', jobs.cancelled as string]);

		// Only a batch has a second video.
		const quick = {COSMOS_SIMULATE: 'model-load=0,exit@2=7', COSMOS_SIMULATE_STEP: '0'};
		const killed = lab.start(['queue', 'run', '--stream'], held);
		await killed.seen(/ 1\/8 \[/);
		const heir = lab.start(['queue', 'run', '--once'], quick);
		await heir.seen(
			new RegExp(`process ${killed.process.pid} on .* has been running it`),
			'stderr',
		);
		expect(lab.docker.run('ps', '--format', '{{.Names}}')).toMatch(/^cosmos-run_/);
		killed.process.kill('SIGKILL');
		lastCode = (await goOn(lab.checkout, () => heir.ended)).code;
	});

	afterAll(async () => {
		store?.close();
		await lab?.stop();
	});

	const jobOf = async (name: string) =>
		(await store.readQueue()).jobs.find(({id}) => id === jobs[name]);

	async function runsOf(name: string): Promise<Run[]> {
		const ids = (await jobOf(name))?.parts.map(({id}) => id) ?? [];
		return (await store.listRuns({jobIds: ids})).map(({run}) => run).reverse();
	}

	/** Starts and ends of containers in the engine's own order: `start NAME`, `die NAME`. */
	function containerEvents(): string[] {
		const until = String(Math.ceil(Date.now() / 1000));
		const kinds = ['type=container', 'event=start', 'event=die'];
		const words = [...kinds.flatMap(kind => ['--filter', kind]), '--since', since];
		const format = '{{.Action}} {{.Actor.Attributes.name}}';
		const text = lab.docker.run('events', ...words, '--until', until, '--format', format);
		return text.split('\n').filter(Boolean);
	}

	it('finishes every job correctly with the second worker', async () => {
		const {stdout} = await lab.cosmos(['queue', 'list', '--json']);
		const listed = JSON.parse(stdout).jobs as Array<{id: string; shown: string; note: string}>;
		const shown = Object.entries(jobs).map(([name, id]) => {
			const job = listed.find(one => one.id === id);
			return [name, job?.shown];
		});
		expect(Object.fromEntries(shown)).toEqual({
			cancelled: 'cancelled',
			long: 'done',
			failing: 'failed',
			after: 'held',
			upscale: 'done',
			held: 'held',
			last: 'done',
		});
		const noteOf = (name: string) => listed.find(({id}) => id === jobs[name])?.note;
		expect(noteOf('held')).toBe('by hand');
		expect(noteOf('after')).toMatch(/^run_\w+ failed$/);
		expect(noteOf('failing')).toMatch(/^1 of 2: run_\w+: the program exited with code 7/);
		expect(lastCode).toBe(1);
	});

	it("starts each job's container once, in the order of the queue", async () => {
		const started = containerEvents().filter(event => event.startsWith('start '));
		const leads = await Promise.all(
			['long', 'failing', 'upscale', 'last'].map(async name => (await runsOf(name))[0]?.id),
		);
		expect(started).toEqual(leads.map(id => `start cosmos-${id}`));
		expect(await store.runIds()).toHaveLength(5);
	});

	it('never has two containers at once on the slot', () => {
		const events = containerEvents();
		const names = events.filter((_, at) => at % 2 === 0).map(event => event.split(' ')[1]);
		expect(events).toEqual(names.flatMap(name => [`start ${name}`, `die ${name}`]));
		expect(names.length).toBeGreaterThan(0);
	});

	it('downloads the outputs and leaves nothing of a run on the host', async () => {
		for (const name of ['long', 'failing', 'upscale', 'last']) {
			const [run] = (await runsOf(name)) as [Run];
			const outputs = run.status === 'completed' ? run.outputs : [];
			expect(outputs.length, name).toBeGreaterThan(0);
			for (const {name: file, sha256} of outputs) {
				const bytes = readFileSync(path.join(store.runFolder(run.id), 'outputs', file));
				expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
			}
		}

		expect(lab.docker.containers()).toEqual([]);
		expect(readdirSync(path.join(lab.checkout, 'cosmos-runs'))).toEqual([]);
	});

	it('upscales the run that a killed worker had started', async () => {
		const [[long], [upscale]] = await Promise.all([runsOf('long'), runsOf('upscale')]);
		expect(upscale).toMatchObject({operation: 'upscale', parentId: long?.id});
	});

	it('reads an input that is on the host already with --verify-inputs', async () => {
		const content = createInputs(path.join(lab.client.home, 'large')).make('one', 5_000_000);
		const made = await lab.cosmos(['create', 'prompt', 'A street', content]);
		const prompt = made.stdout.trim().split('\t')[0] as string;
		const hash = hashOf(path.join(content, 'color.mp4'));
		const there = path.join(lab.checkout, 'cosmos-inputs', `${hash}.mp4`);
		const quick = {COSMOS_SIMULATE: 'undrawn', COSMOS_SIMULATE_STEP: '0'};
		const work = async (...words: string[]) => {
			await lab.cosmos(['queue', 'add', 'inference', prompt, ...words]);
			await lab.start(['queue', 'run', '--once'], quick).ended;
			return hashOf(there);
		};
		expect(await work()).toBe(hash);
		// Damaged without a trace: the record of its hash still fits.
		const times = path.join(lab.client.home, 'times');
		execFileSync('cp', ['-p', there, times]);
		writeFileSync(there, Buffer.alloc(statSync(there).size));
		execFileSync('touch', ['-r', times, there]);
		expect(await work()).not.toBe(hash);
		expect(await work('--verify-inputs')).toBe(hash);
	});
});

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
