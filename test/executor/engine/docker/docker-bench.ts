import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Host} from '../../../../source/domain/hosts/host.js';
import {dockerEngine} from '../../../../source/executor/engine/docker/docker.js';
import type {Engine, Job} from '../../../../source/executor/engine/engine.js';
import {localTransport} from '../../../../source/executor/transport/local.js';
import {type DockerLab, startDocker} from '../../../lab/docker.js';
import {labHost} from '../../../lab/host.js';
import {makeJob, newRunId, type StartedJob, startJob} from '../started-job.js';

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
	start: (job: Job, engine?: Engine) => StartedJob;
	close: () => Promise<void>;
};

export async function openBench(): Promise<Bench> {
	const lab = await startDocker();
	const checkout = await mkdtemp(path.join(tmpdir(), 'cosmos-checkout-'));
	// The scripts read it in the host's environment; here the host is this machine.
	process.env.COSMOS_LOCK_DIR = lab.lockDir;
	const host = labHost({
		name: 'lab',
		engine: 'docker',
		remoteDir: checkout,
		image: lab.image,
		docker: lab.docker,
		dockerArgs: lab.bareArgs,
	});
	const engineFor = (changes: Partial<Host>) =>
		dockerEngine({...host, ...changes}, checkout, localTransport(host.name));
	const engine = engineFor({});
	await engine.check();
	return {
		lab,
		host,
		checkout,
		engine,
		engineFor,
		job: (command, changes) => makeJob(checkout, newRunId(), command, changes),
		start: (job, by = engine) => startJob(job, by),
		async close() {
			await lab.stop();
			await rm(checkout, {recursive: true, force: true});
		},
	};
}
