import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {startSlurm} from '../../lab/slurm.js';
import type {Victim} from '../faults.js';
import {modelsOf, shellsIn} from '../host-processes.js';
import {type ChaosEngine, type Ground, type Site, simulated} from './chaos-engine.js';
import {killAll} from './process.js';

/** Jobs through Slurm over SSH: a controller and two nodes, which see one folder. */
export const slurmPlay: ChaosEngine = {
	name: 'slurm',
	needs: ['slurm', 'sshd'],
	faults: [
		'cosmos-killed',
		'sshd-killed',
		'sshd-restart',
		'cancelled',
		'controller-restart',
		'node-restart',
		'node-lost',
		'client-killed',
		'job-killed',
		'silent-3s',
		'clock-step',
		'disk-full-home',
		'silent-30s',
		'time-limit',
	],
	hasSlots: false,
	start,
};

/** Milliseconds after which a follower that nobody listens to has noticed it. */
const followerPatience = 15_000;

async function start({folder, checkout, witness}: Ground): Promise<Site> {
	const slurm = await startSlurm({nodes: ['n1', 'n2']});
	const model = witness.writeProgram();
	const temporary = path.join(folder, 'login-tmp');
	mkdirSync(temporary);
	const stranger = slurm
		.run('sbatch', '--parsable', '--hold', '--job-name=somebody-else', '--wrap=true')
		.trim();

	/** The job's number; undefined while Slurm has none, or when the run has ended. */
	async function numberOf({runId, hasEnded}: Victim): Promise<string | undefined> {
		const id = await runId();
		while (id !== undefined && !hasEnded()) {
			const [number] =
				/\d+/.exec(slurm.run('squeue', '-h', '-o', '%A', '-n', `cosmos-${id}`)) ?? [];
			if (number) {
				return number;
			}

			await pause(20);
		}

		return undefined;
	}

	/** Whether the job's time is over by now; a job that has begun in this second refuses that. */
	function hasItsEnd(number: string): boolean {
		try {
			slurm.run('scontrol', 'update', `jobid=${number}`, 'EndTime=now');
			return true;
		} catch {
			return false;
		}
	}

	async function nodeOf(victim: Victim): Promise<string> {
		const number = await numberOf(victim);
		const node = number && slurm.run('squeue', '-h', '-o', '%N', '-j', number).trim();
		return node || 'n1';
	}

	return {
		sessions: {...slurm.env, TMPDIR: temporary},
		entryOf: (_gpu, host) => `engine = "slurm"
remote_dir = "${checkout}"
gpus = []
prefix = ["${model}"]
${simulated}

[hosts.${host}.slurm]
partition = "${slurm.partition}"
memory = "500M"
`,
		strikes: {
			'job-killed': victim => killAll(victim, modelsOf),
			// One shell reports all runs of a connection, and works in the folder of runs.
			'client-killed': victim =>
				killAll(victim, () => shellsIn(path.join(checkout, 'cosmos-runs'))),
			async cancelled(victim) {
				const number = await numberOf(victim);
				if (number) {
					slurm.run('scancel', number);
				}

				return undefined;
			},
			async 'time-limit'(victim) {
				const number = await numberOf(victim);
				while (number && !victim.hasEnded() && !hasItsEnd(number)) {
					await pause(500);
				}

				return undefined;
			},
			async 'controller-restart'({planned}) {
				await slurm.haltController();
				await pause(planned.lasts);
				await slurm.resumeController();
				return undefined;
			},
			async 'node-restart'(victim) {
				const node = await nodeOf(victim);
				await slurm.killNode(node);
				await pause(victim.planned.lasts);
				slurm.startNode(node);
				return undefined;
			},
			async 'node-lost'(victim) {
				const node = await nodeOf(victim);
				await slurm.loseNode(node);
				slurm.run('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=play');
				await pause(victim.planned.lasts);
				slurm.startNode(node);
				// It counts as down until it has reported; a node whose job could not start is closed until
				// somebody opens it.
				for (;;) {
					const state = slurm.run('sinfo', '-h', '-n', node, '-o', '%T').trim();
					if (/^(?:idle|mixed|allocated)$/.test(state)) {
						break;
					}

					if (state.startsWith('drain')) {
						slurm.run('scontrol', 'update', `nodename=${node}`, 'state=resume');
					}

					await pause(100);
				}

				return undefined;
			},
		},
		leftovers: () =>
			slurm
				.run('squeue', '-h', '-o', '%A %j %T')
				.split('\n')
				.filter(line => line.includes(' cosmos-'))
				.map(line => `job ${line}`),
		async lastLeftovers() {
			const end = performance.now() + followerPatience;
			const left = () => (existsSync(temporary) ? readdirSync(temporary) : []);
			while (left().length > 0 && performance.now() < end) {
				await pause(200);
			}

			return left().map(name => `left on the login node: ${name}`);
		},
		state: () =>
			['sinfo -N -l', 'squeue -l', 'scontrol show node'].flatMap(command => {
				const [program = '', ...words] = command.split(' ');
				return slurm.run(program, ...words).split('\n');
			}),
		strangers: () =>
			slurm.field(stranger, 'JobState') === 'PENDING'
				? []
				: ["somebody else's job is not in Slurm's line any more"],
		stop: slurm.stop,
	};
}
