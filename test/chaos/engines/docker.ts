import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {startDocker} from '../../lab/docker.js';
import {killByPid} from '../../lab/processes.js';
import {type Outage, uptime, type Victim} from '../faults.js';
import {dockerClients} from '../host-processes.js';
import type {Witness} from '../witness.js';
import {type ChaosEngine, type Ground, type Site, simulated} from './chaos-engine.js';

/** Containers over SSH; the engine can be restarted without ending them. */
export const dockerPlay: ChaosEngine = {
	name: 'docker',
	needs: ['docker', 'sshd'],
	faults: [
		'cosmos-killed',
		'sshd-killed',
		'silent-3s',
		'client-killed',
		'clock-step',
		'engine-restart',
		'disk-full-home',
		'disk-full-there',
		'silent-30s',
	],
	hasSlots: true,
	start,
};

const stranger = 'somebody-else';

async function start({folder, checkout, locks, witness}: Ground): Promise<Site> {
	const docker = await startDocker({liveRestore: true});
	const tools = writeTools(path.join(folder, 'tools'), docker.docker[0] as string);
	docker.run(
		...['run', '-d', '--init', '--name', stranger, ...docker.bareArgs],
		...[docker.image, 'sleep', '86399'],
	);
	const dockerArgs = [...docker.dockerArgs, ...witnessArgs(witness)];
	return {
		sessions: {
			DOCKER_HOST: docker.dockerHost,
			COSMOS_LOCK_DIR: locks,
			PATH: `${tools}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
		},
		entryOf: gpu => `remote_dir = "${checkout}"
image = "${docker.image}"
gpus = [${gpu}]
docker = "docker-without-gpus"
docker_args = ${JSON.stringify(dockerArgs)}
${simulated}
`,
		strikes: {
			'client-killed': killClient,
			async 'engine-restart'({planned}): Promise<Outage> {
				const from = uptime();
				await docker.halt();
				await pause(planned.lasts);
				await docker.resume();
				return {from, until: uptime()};
			},
		},
		leftovers: () =>
			docker
				.containers()
				.filter(name => name !== stranger)
				.map(name => `container ${name}`),
		strangers: () =>
			docker.run('ps', '-q', '--filter', `name=${stranger}`) === ''
				? [`the container ${stranger} does not run any more`]
				: [],
		stop: docker.stop,
	};
}

/** `docker run` arguments that put the witness into a container, in the model's place. */
export function witnessArgs(witness: Witness): string[] {
	const model = witness.writeProgram({
		name: 'torchrun',
		folder: '/witness',
		command: '/opt/cosmos/node /opt/cosmos/dist/simulator.js torchrun',
	});
	return ['-v', `${witness.folder}:/witness`, '-v', `${model}:/opt/cosmos/bin/torchrun:ro`];
}

/** A client lives long before it has made its container: the moment counts from its own begin. */
async function killClient({planned, runId, hasEnded}: Victim): Promise<undefined> {
	const id = await runId();
	while (id !== undefined && !hasEnded() && dockerClients(id).length === 0) {
		await pause(5);
	}

	await pause(planned.delay);
	for (const pid of id === undefined ? [] : dockerClients(id)) {
		killByPid(pid, 'SIGKILL');
	}
}

/** Two slots need two GPUs, and here is none: a client that takes `--gpus` and forgets it. */
function writeTools(folder: string, client: string): string {
	mkdirSync(folder, {recursive: true});
	const programs = {
		'nvidia-ctk': '#!/bin/sh\n',
		'docker-without-gpus': `#!/bin/sh
left=$#
while [ "$left" -gt 0 ]; do
	word=$1
	shift
	left=$((left - 1))
	if [ "$word" = --gpus ]; then
		shift
		left=$((left - 1))
	else
		set -- "$@" "$word"
	fi
done
exec ${client} "$@"
`,
	};
	for (const [name, text] of Object.entries(programs)) {
		writeFileSync(path.join(folder, name), text);
		chmodSync(path.join(folder, name), 0o755);
	}

	return folder;
}
