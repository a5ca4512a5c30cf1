import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {slotsOf} from '../../../../source/domain/hosts/host.js';
import {dockerEngine} from '../../../../source/executor/engine/docker/docker.js';
import type {Engine, Job} from '../../../../source/executor/engine/engine.js';
import {localProcessEngine} from '../../../../source/executor/engine/process/process-local.js';
import {remoteProcessEngine} from '../../../../source/executor/engine/process/process-remote.js';
import {localTransport} from '../../../../source/executor/transport/local.js';
import type {Transport} from '../../../../source/executor/transport/transport.js';
import {createRandom, type Random} from '../../../chaos/random.js';
import {available} from '../../../lab/available.js';
import {type DockerLab, startDocker} from '../../../lab/docker.js';
import {type NamedGpus, writeGpus} from '../../../lab/gpus.js';
import {labHost} from '../../../lab/host.js';
import {isLong} from '../../../long-form.js';
import {makeJob, newRunId} from '../started-job.js';

/** When something used GPUs, in nanoseconds of the clock that all of them share. */
type Use = {
	runId: string;
	gpus: readonly number[];
	from: bigint;
	to: bigint;
	/** Started by version 0.1, which does not keep its own jobs apart. */
	old?: boolean;
};

const users = [1001, 1002, 1003];
const allGpus = [0, 1, 2, 3];
const kinds = ['container', 'container', 'process', 'process here', 'version 0.1'] as const;

describe.skipIf(!available('docker'))('the GPUs of a host', {timeout: 0}, () => {
	let folder: string;
	let gpus: NamedGpus;
	let docker: DockerLab;
	let events: ReturnType<typeof listen>;

	beforeAll(async () => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-gpus-'));
		chmodSync(folder, 0o755);
		gpus = await writeGpus(folder, ['GPU-a0', 'GPU-b1', 'GPU-c2', 'GPU-d3']);
		docker = await startDocker({tools: gpus.tools});
		chmodSync(path.dirname(docker.socket), 0o755);
		chmodSync(docker.socket, 0o666);
		chmodSync(docker.lockDir, 0o1777);
		process.env.COSMOS_LOCK_DIR = docker.lockDir;
		events = listen(docker);
	});

	afterAll(async () => {
		delete process.env.COSMOS_LOCK_DIR;
		await events?.stop();
		await docker?.stop();
		await rm(folder, {recursive: true, force: true});
	});

	/** This machine as one of its users reaches it. @param knowsUuids whether that user has an `nvidia-smi` */
	function transportOf(user: number, knowsUuids: boolean): Transport {
		const local = localTransport('lab');
		const words = [
			...['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'],
			...['env', 'HOME=/nowhere', `COSMOS_LOCK_DIR=${docker.lockDir}`],
			...(knowsUuids ? [`PATH=${gpus.tools}:${process.env.PATH}`] : []),
		];
		return {
			...local,
			exec: (command, options) => local.exec([...words, ...command], options),
			async writeFile(file, content) {
				await local.writeFile(file, content);
				chownSync(file, user, user);
			},
		};
	}

	/** A launch of somebody: who, with what, on which GPUs; random. */
	function launch(random: Random) {
		const user = random.pick(users);
		const kind = random.pick(kinds);
		const own = allGpus.filter(() => random.chance(0.5));
		const checkout = mkdtempSync(path.join(folder, 'checkout-'));
		const transport = transportOf(user, random.chance(0.7));
		const host = labHost({
			name: 'lab',
			remoteDir: checkout,
			image: kind === 'container' ? docker.image : '',
			docker: docker.docker,
			dockerArgs: docker.bareArgs,
			gpus: own,
			simulated: false,
		});
		const slot = slotsOf(host)[0]?.lane as string;
		const job = makeJob(checkout, newRunId(), work(kind), {slot, gpus: own});
		for (const place of [
			checkout,
			path.join(checkout, 'cosmos-runs'),
			path.join(checkout, job.runFolder),
		]) {
			chownSync(place, user, user);
		}

		const kill = random.chance(0.25) ? random.whole(0, 1500) : undefined;
		switch (kind) {
			case 'container':
				return {job, used: playContainer(dockerEngine(host, checkout, transport), job, kill)};
			case 'process':
				return {job, used: playProcess(remoteProcessEngine(host, checkout, transport), job)};
			case 'process here':
				return {
					job,
					used: playProcess(localProcessEngine(host, checkout, localTransport('lab')), job),
				};
			default:
				return {job, used: playVersion01(checkout, job, transport)};
		}
	}

	/** Runs a job in a container to its end, whatever is killed meanwhile: then as `cosmos recover` does. */
	async function playContainer(engine: Engine, job: Job, kill?: number): Promise<Use[]> {
		const killed = kill === undefined ? undefined : killSome(job.runId, kill);
		let code: number | undefined;
		while (code === undefined) {
			const state = (await engine.find(job.runId)).state;
			const ignore = {onOutput() {}};
			try {
				if (state === 'unstarted') {
					code = (await engine.run(job, ignore)).code;
				} else if (state !== 'waiting') {
					code = (await engine.attach(job.runId, 0, ignore)).code;
				}
			} catch (error) {
				if (kill === undefined) {
					throw error;
				}
			}
		}

		await killed;
		expect(code).toBe(0);
		const id = docker.run('inspect', '-f', '{{.Id}}', `cosmos-${job.runId}`).trim();
		await engine.remove(job.runId);
		return [await events.timesOf(id, job)];
	}

	/** Kills the shell of a start, or the client, or both, after some milliseconds. */
	async function killSome(runId: string, after: number): Promise<void> {
		await pause(after);
		for (const kind of ['waiting', 'starting']) {
			try {
				const text = readFileSync(path.join(docker.lockDir, `cosmos-${runId}.${kind}`), 'utf8');
				process.kill(Number.parseInt(text, 10), 'SIGKILL');
			} catch {
				// It has no start at present.
			}
		}
	}

	async function playProcess(engine: Engine, job: Job): Promise<Use[]> {
		let output = '';
		const {code, engineMessage} = await engine.run(job, {
			onOutput(chunk) {
				output += chunk.toString();
			},
		});
		expect([code, engineMessage]).toEqual([0, '']);
		await engine.remove(job.runId);
		const [from = '', to = ''] = output.trim().split('\n');
		return [{runId: job.runId, gpus: gpusOf(job), from: BigInt(from), to: BigInt(to)}];
	}

	/** Starts a job as version 0.1 does: by its own script. */
	async function playVersion01(checkout: string, job: Job, transport: Transport): Promise<Use[]> {
		writeFileSync(path.join(checkout, job.runFolder, 'env'), '');
		writeFileSync(path.join(checkout, job.runFolder, 'job.sh'), 'sleep 0.2\n');
		const devices = gpusOf(job).join(',');
		const script = readFileSync(path.join(import.meta.dirname, 'start-0.1.sh'), 'utf8')
			.replaceAll('RUN', job.runId)
			.replaceAll('SLOT', job.slot)
			.replaceAll('DOCKER', docker.docker.join(' '))
			.replaceAll('/CHECKOUT', checkout)
			.replaceAll('IMAGE', docker.image)
			.replaceAll(
				`--gpus '"device=97,98"'`,
				job.gpus?.length ? `--gpus '"device=${devices}"'` : '',
			);
		const {code, stderr} = await transport.exec(['sh', '-s'], {
			input: `{\n${script}\nexit\n} </dev/null\n`,
			onOutput() {},
		});
		expect([code, stderr]).toEqual([0, '']);
		const id = docker.run('inspect', '-f', '{{.Id}}', `cosmos-${job.runId}`).trim();
		docker.run('rm', `cosmos-${job.runId}`);
		return [{...(await events.timesOf(id, job)), old: true}];
	}

	it(`are never used by two jobs at once: ${isLong ? 200 : 20} random pairs of launches by three users, four at a time`, async () => {
		const seed = Number(process.env.COSMOS_SEED ?? Date.now() % 1_000_000);
		console.log(`seed ${seed}`);
		const random = createRandom(seed);
		const pairs = isLong ? 200 : 20;
		const uses: Use[] = [];
		for (let pair = 0; pair < pairs; pair += 2) {
			const launches = Array.from({length: 4}, () => launch(random));
			uses.push(...(await Promise.all(launches.map(({used}) => used))).flat());
		}

		expect(uses).toHaveLength(pairs * 2);
		expect(overlaps(uses)).toEqual([]);
		const devices = [...gpus.given().values()];
		expect(devices.length).toBeGreaterThan(0);
		await expect.poll(() => leftIn(docker.lockDir)).toEqual([]);
	});

	/** When Docker says that containers started and ended. */
	function listen(lab: DockerLab) {
		const times = new Map<string, {start?: bigint; die?: bigint}>();
		const [client = '', ...words] = lab.docker;
		const stream = spawn(client, [
			...[...words, 'events', '--filter', 'type=container'],
			...['--format', '{{.TimeNano}} {{.Action}} {{.Actor.ID}}'],
		]);
		let rest = '';
		stream.stdout.setEncoding('utf8').on('data', (chunk: string) => {
			const lines = `${rest}${chunk}`.split('\n');
			rest = lines.pop() ?? '';
			for (const line of lines) {
				const [time = '', action, id = ''] = line.split(' ');
				if (action === 'start' || action === 'die') {
					times.set(id, {...times.get(id), [action]: BigInt(time)});
				}
			}
		});
		return {
			async stop() {
				stream.kill();
				await once(stream, 'close');
			},
			async timesOf(id: string, job: Job): Promise<Use> {
				await expect.poll(() => times.get(id)).toHaveProperty('die');
				const {start, die} = times.get(id) as Record<'start' | 'die', bigint>;
				const given = gpus.given().get(id);
				expect(given).toBe(job.gpus?.length ? job.gpus.join(',') : undefined);
				return {runId: job.runId, gpus: gpusOf(job), from: start, to: die};
			},
		};
	}
});

/** What a job does: in a container nothing, else it says when. */
function work(kind: (typeof kinds)[number]): string[] {
	const words = kind.startsWith('process') ? 'date +%s%N; sleep 0.2; date +%s%N' : 'sleep 0.2';
	return ['sh', '-c', words];
}

function gpusOf({gpus}: Job): readonly number[] {
	return gpus?.length ? gpus : allGpus;
}

function overlaps(uses: readonly Use[]): string[] {
	return uses.flatMap((one, index) =>
		uses
			.slice(index + 1)
			.filter(
				other =>
					!(one.old && other.old) &&
					one.from < other.to &&
					other.from < one.to &&
					one.gpus.some(gpu => other.gpus.includes(gpu)),
			)
			.map(other => `${one.runId} and ${other.runId}`),
	);
}

function leftIn(lockDir: string): string[] {
	return readdirSync(lockDir).filter(name => name.includes('run_'));
}
