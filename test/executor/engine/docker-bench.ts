import {mkdirSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Host} from '../../../source/domain/host.js';
import {dockerEngine} from '../../../source/executor/engine/docker.js';
import type {Engine, Job} from '../../../source/executor/engine/engine.js';
import {localTransport} from '../../../source/executor/transport/local.js';
import {type DockerLab, startDocker} from '../../lab/docker.js';
import {collector} from './collector.js';

/** A Docker engine on this machine, a checkout folder, and jobs for it. */
export type Bench = {
	lab: DockerLab;
	host: Host;
	/** The checkout's folder. */
	checkout: string;
	engine: Engine;
	engineFor: (changes: Partial<Host>) => Engine;
	/** A job with a new id whose run folder exists. */
	job: (command: readonly string[], changes?: Partial<Job>) => Job;
	/** Starts a job; its output can be waited for. */
	start: (job: Job, engine?: Engine) => Started;
	close: () => Promise<void>;
};

export type Started = ReturnType<typeof collector> & {exit: ReturnType<Engine['run']>};

export async function openBench(): Promise<Bench> {
	const lab = await startDocker();
	const checkout = await mkdtemp(path.join(tmpdir(), 'cosmos-checkout-'));
	// The scripts read it in the host's environment; here the host is this machine.
	process.env.COSMOS_LOCK_DIR = lab.lockDir;
	const host: Host = {
		name: 'lab',
		transport: 'local',
		engine: 'docker',
		ssh: '',
		remoteDir: checkout,
		image: lab.image,
		docker: lab.docker,
		gpus: [],
		dockerArgs: lab.bareArgs,
		env: [],
		prefix: [],
		simulated: true,
	};
	const engineFor = (changes: Partial<Host>) =>
		dockerEngine({...host, ...changes}, checkout, localTransport(host.name));
	const engine = engineFor({});
	await engine.check();
	let count = 0;
	return {
		lab,
		host,
		checkout,
		engine,
		engineFor,
		job(command, changes = {}) {
			const runId = `run_${process.pid}_${count++}`;
			const runFolder = `cosmos-runs/${runId}`;
			mkdirSync(path.join(checkout, runFolder), {recursive: true});
			return {
				runId,
				lane: runId,
				startedBy: 'ann@desk',
				workFolder: checkout,
				runFolder,
				command,
				env: {},
				timeLimit: 60,
				...changes,
			};
		},
		start(job, by = engine) {
			const output = collector();
			const exit = by.run(job, {onOutput: output.take, onWait: output.heardOf});
			// Whoever awaits it later gets the error; until then it is not unhandled.
			exit.catch(() => undefined);
			return {
				...output,
				exit,
				seen: words => Promise.race([output.seen(words), neverSaid(exit, words)]),
			};
		},
		async close() {
			await lab.stop();
			await rm(checkout, {recursive: true, force: true});
		},
	};
}

/** Rejects when a job ends: a test that waits for its words would wait for ever. */
async function neverSaid(exit: ReturnType<Engine['run']>, words: string): Promise<void> {
	const ended = await exit;
	throw new Error(`the job ended (${JSON.stringify(ended)}) before it said ${words}`);
}
