import {cpSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import type {Started} from '../cosmos.js';
import {release} from '../hold.js';
import {available} from '../lab/available.js';
import {startHost} from '../lab/gpu-host.js';
import {makeSshClientHome, type SshClientHome} from '../lab/ssh-client-home.js';
import {makeUserHome, type UserHome} from '../lab/user-home.js';
import {isLong} from '../long-form.js';

/** A video of a few small frames: what is drawn from it costs no time. */
const tiny = path.join(import.meta.dirname, '..', 'chaos', 'tiny.mp4');
const names = ['red', 'green', 'blue'] as const;
/** `COSMOS_LONG=1` plays all 30. */
const count = isLong ? 30 : 12;

type LabHost = Awaited<ReturnType<typeof startHost>>;

/**
 * Jobs for `any` on three hosts. When all are at work, one of them is gone; when the jobs that were prepared there have
 * left it, so is the process that works the queue off. A second one goes on, and in the end the host comes back.
 */
describe.skipIf(!available('docker', 'sshd'))('three hosts and a queue for any of them', () => {
	const hosts = new Map<string, LabHost>();
	let client: SshClientHome;
	let store: Store;
	let user: UserHome;
	let runs: Run[];
	/** The run that was on the host when that was gone, and what was done before it came back. */
	let orphan: Run | undefined;
	/** The runs that were only prepared on it then. */
	let prepared: Run[];
	let meanwhile: Run[];
	let last: Awaited<Started['ended']>;

	const green = () => hosts.get('green') as LabHost;
	const all = async () => (await store.listRuns()).map(({run}) => run);
	const cosmos = (...words: string[]) => user.cosmos(words);
	const work = (...words: string[]) => user.start(['queue', 'run', ...words]);

	/** What the model does in the containers that start from now on. */
	function simulate(words: string): void {
		for (const {simulation} of hosts.values()) {
			writeFileSync(simulation, `COSMOS_SIMULATE=${words}\nCOSMOS_SIMULATE_STEP=0.1\n`);
		}
	}

	/** Resolves at the first change of the store after which it is so. */
	async function until(isSo: () => Promise<boolean>): Promise<void> {
		for (;;) {
			const changed = new Promise<void>(resolve => {
				const unwatch = store.watch(() => {
					unwatch();
					resolve();
				});
			});
			if (await isSo()) {
				return;
			}

			await changed;
		}
	}

	const isAtWork = async (host: string) =>
		(await all()).some(run => run.host === host && run.status === 'running');

	beforeAll(async () => {
		client = await makeSshClientHome();
		const started = await Promise.all(
			names.map(async name => [name, await startHost(client, {name, alias: name})] as const),
		);
		for (const [name, host] of started) {
			hosts.set(name, host);
		}

		user = makeUserHome(client);
		user.configure(started.map(([, host]) => host.config).join('\n'));
		simulate('model-load=0,hold');
		store = await openStore({folder: user.data});
		const videos = path.join(client.home, 'tiny');
		mkdirSync(videos);
		cpSync(tiny, path.join(videos, 'color.mp4'));
		const prompt = (await cosmos('create', 'prompt', 'A street', videos)).stdout.trim();
		const ids = Array.from({length: count}, () => prompt);
		const added = await cosmos(
			'queue',
			'add',
			'inference',
			...ids,
			'--steps',
			'4',
			'--host',
			'any',
		);
		expect(added.stderr).toBe('');

		const first = work();
		await until(async () => (await Promise.all(names.map(isAtWork))).every(Boolean));
		simulate('model-load=0');
		const waitsOnGreen = ({host, status}: Run) => host === 'green' && status === 'starting';
		await until(async () => (await all()).some(waitsOnGreen));
		await green().sshd.halt();
		prepared = (await all()).filter(waitsOnGreen);
		await until(async () =>
			(await all()).every(({id, jobId}) => !jobId || !prepared.some(one => one.id === id)),
		);
		first.process.kill('SIGKILL');
		await first.ended;
		for (const {checkout} of hosts.values()) {
			release(checkout);
		}

		orphan = (await all()).find(({host, status}) => host === 'green' && status === 'running');
		const before = new Set((await all()).map(({id}) => id));

		const second = work('--once');
		await second.seen(/on green: waiting, try 2 at/, 'stderr');
		const isNew = ({id, status}: Run) => status !== 'pending' && !before.has(id);
		await until(async () => (await all()).some(isNew));
		meanwhile = (await all()).filter(({id}) => !before.has(id));
		await green().sshd.resume();
		last = await second.ended;
		expect((await cosmos('recover')).code).toBe(0);
		const given = await all();
		prepared = given.filter(({id}) => prepared.some(one => one.id === id));
		runs = given.filter(one => !prepared.includes(one));
	}, 3_600_000);

	afterAll(async () => {
		store?.close();
		await Promise.all(
			[...hosts.values()].map(async ({sshd, docker}) => {
				await sshd.stop();
				await docker.stop();
			}),
		);
		await client?.remove();
	});

	it('runs every job once, and each is done', async () => {
		const {jobs} = await store.readQueue();
		expect(jobs.map(({status}) => status)).toEqual(Array.from({length: count}, () => 'done'));
		expect(runs.map(({status}) => status)).toEqual(Array.from({length: count}, () => 'completed'));
		expect(new Set(runs.map(({jobId}) => jobId)).size).toBe(count);
		expect(last.code).toBe(0);
		console.log(
			`${count} jobs: ${names.map(name => `${name} ${runs.filter(({host}) => host === name).length}`).join(', ')}; ` +
				`${meanwhile.length} begun while green was gone`,
		);
	});

	it('moves the jobs that were only prepared there to the other hosts', () => {
		expect(prepared.length).toBeGreaterThan(0);
		for (const run of prepared) {
			expect(run.status).toBe('cancelled');
			expect(run).not.toHaveProperty('jobId');
			expect(run).not.toHaveProperty('uncleaned');
		}
	});

	it('has started one container for each, on the recorded host, and left none', () => {
		for (const [name, {docker}] of hosts) {
			const words = ['--filter', 'type=container', '--filter', 'event=start', '--since', '1h'];
			const until = String(Math.ceil(Date.now() / 1000));
			const format = '{{.Actor.Attributes.name}}';
			const text = docker.run('events', ...words, '--until', until, '--format', format);
			const own = runs.filter(({host}) => host === name).map(({id}) => `cosmos-${id}`);
			// Other containers only hand folders back.
			const started = text.split('\n').filter(one => one.startsWith('cosmos-'));
			expect(started.sort()).toEqual(own.sort());
			expect(docker.containers()).toEqual([]);
		}
	});

	it('continues elsewhere while a host is gone, and resumes what had started there', () => {
		expect(meanwhile.length).toBeGreaterThan(0);
		expect(meanwhile.filter(({host}) => host === 'green')).toEqual([]);
		expect(runs.find(({id}) => id === orphan?.id)).toMatchObject({
			host: 'green',
			status: 'completed',
		});
	});
});
