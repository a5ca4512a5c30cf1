import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {killByPid} from '../../lab/processes.js';
import type {Victim} from '../faults.js';
import {followersOf, modelsOf, startStranger} from '../host-processes.js';
import {type ChaosEngine, type Ground, type Site, simulated} from './chaos-engine.js';

/** Processes without a container over SSH: each has a supervisor there, a shell. */
export const remotePlay: ChaosEngine = {
	name: 'remote',
	needs: ['sshd'],
	faults: [
		'cosmos-killed',
		'sshd-killed',
		'sshd-restart',
		'supervisor-killed',
		'job-killed',
		'client-killed',
		'silent-3s',
		'clock-step',
		'disk-full-home',
		'silent-30s',
	],
	hasSlots: true,
	start: ground =>
		startProcesses(ground, {
			sessions: {COSMOS_LOCK_DIR: ground.locks},
			strikes: {
				'client-killed': victim => killAll(victim, followersOf),
				'supervisor-killed': victim => killAll(victim, supervisorsIn(ground.locks)),
			},
			leftovers: () => [],
			words: '',
		}),
};

/** Processes of this machine, as the demo's are: each has a supervisor, a program of our own. */
export const localPlay: ChaosEngine = {
	name: 'local',
	needs: ['sshd'],
	faults: ['cosmos-killed', 'supervisor-killed', 'job-killed', 'disk-full-home'],
	hasSlots: true,
	start(ground) {
		const jobs = path.join(ground.checkout, 'cosmos-jobs');
		return startProcesses(ground, {
			strikes: {'supervisor-killed': victim => killAll(victim, localSupervisorsIn(jobs))},
			leftovers: () =>
				(existsSync(jobs) ? readdirSync(jobs) : [])
					.filter(name => !/^lane-.*\.lock$/.test(name))
					.map(name => `job ${name}`),
			words: 'ssh = "local"',
		});
	},
};

type Own = Pick<Site, 'sessions' | 'strikes' | 'leftovers'> & {
	/** More lines of a host's entry. */
	words: string;
};

async function startProcesses(
	{checkout, witness}: Ground,
	{strikes, words, ...own}: Own,
): Promise<Site> {
	const model = witness.writeProgram();
	const stranger = startStranger();
	return {
		...own,
		entryOf: gpu => `engine = "process"
remote_dir = "${checkout}"
gpus = [${gpu}]
prefix = ["${model}"]
${words}
${simulated}
`,
		strikes: {...strikes, 'job-killed': victim => killAll(victim, modelsOf)},
		strangers: stranger.harm,
		stop: stranger.stop,
	};
}

/** Kills by SIGKILL what is found of a run, as soon as there is something. */
export async function killAll(
	{runId, hasEnded}: Victim,
	find: (runId: string) => readonly number[],
): Promise<undefined> {
	const id = await runId();
	while (id !== undefined && !hasEnded() && find(id).length === 0) {
		await pause(20);
	}

	for (const pid of id === undefined ? [] : find(id)) {
		killByPid(pid, 'SIGKILL');
	}
}

/** `PID …`: the process that notes a job's end, over SSH. */
function supervisorsIn(locks: string) {
	return (runId: string): number[] => {
		const file = path.join(locks, `cosmos-${runId}.running`);
		return existsSync(file) ? [Number.parseInt(readFileSync(file, 'latin1'), 10)] : [];
	};
}

function localSupervisorsIn(jobs: string) {
	return (runId: string): number[] => {
		const file = path.join(jobs, runId, 'job.json');
		return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')).keeper.pid] : [];
	};
}
