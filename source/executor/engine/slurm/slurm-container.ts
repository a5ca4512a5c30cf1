import type {Host} from '../../../domain/hosts/host.js';
import {quoteWords} from '../../transport/quote-words.js';
import {containerName, ownImage} from '../docker/docker-scripts.js';
import type {Job} from '../engine.js';
import {commandOf} from '../job-script.js';
import type {SlurmSettings} from './slurm-settings.js';

/** The checkout's place in a container. */
const inside = '/workspace';

/** How a job's command is started on its node. */
export type NodeCommand = {
	/** The command, with whatever puts it into a container. */
	command: readonly string[];
	/** Shell lines for when it has ended. */
	after: string;
	/** Where the model finds its checkout. */
	workFolder: string;
};

/**
 * Puts the command into the container that the host's configuration names. The environment is that of
 * the job's script: Apptainer and pyxis pass it on, Docker gets its names, so that no value is on a
 * command line.
 */
export function onNode(job: Job, host: Host, slurm: SlurmSettings): NodeCommand {
	const mounts = [`${job.workFolder}:${inside}`, ...slurm.mounts];
	const isBare = slurm.container === 'none';
	// An image has the programs in its PATH.
	const words = commandOf(isBare ? job : {...job, container: undefined}, host);
	const image = job.image ?? host.image;
	switch (slurm.container) {
		case 'none':
			return {command: words, after: '', workFolder: job.workFolder};
		case 'apptainer':
			return {
				command: [
					...['apptainer', 'exec', ...(host.gpus.length > 0 ? ['--nv'] : []), '--pwd', inside],
					...mounts.flatMap(mount => ['--bind', mount]),
					...[...slurm.containerArgs, image, ...words],
				],
				after: '',
				workFolder: inside,
			};
		case 'pyxis':
			return {
				command: [
					...['srun', '--ntasks=1', '--kill-on-bad-exit=1', `--container-image=${image}`],
					`--container-mounts=${mounts.join(',')}`,
					...[`--container-workdir=${inside}`, ...slurm.containerArgs, ...words],
				],
				after: '',
				workFolder: inside,
			};
		case 'docker':
			return {command: dockerWords(job, host, slurm, mounts, words), ...dockerEnd(job, host)};
	}
}

/** Slurm names the GPUs of the job in CUDA_VISIBLE_DEVICES, on the node alone. */
function dockerWords(
	job: Job,
	host: Host,
	{containerArgs}: SlurmSettings,
	mounts: readonly string[],
	words: readonly string[],
): string[] {
	const names = ['PYTHONPATH', ...Object.keys(job.env)];
	const fixed = [
		...['--rm', '--init', '--pull=never', '--ipc=host', '--name', containerName(job.runId)],
		...[...mounts, ...(job.container?.imageFolders ?? [])].flatMap(mount => ['-v', mount]),
		...['-w', inside],
		...names.flatMap(name => ['-e', name]),
		...ownImage(job),
	];
	const gpus = host.gpus.length === 0 ? '' : '--gpus "\\"device=$CUDA_VISIBLE_DEVICES\\""';
	const start = `exec ${quoteWords([...host.docker, 'run', ...fixed])} ${gpus}`;
	return ['sh', '-c', `${start} "$@"`, 'sh', ...containerArgs, job.image ?? host.image, ...words];
}

/** A client that was killed has left its container; and what root wrote is handed back. */
function dockerEnd(job: Job, host: Host): Pick<NodeCommand, 'after' | 'workFolder'> {
	const engine = quoteWords(host.docker);
	const chown = quoteWords(['sh', host.image, '-c', 'chown -R "$(stat -c %u:%g "$0")" "$0"']);
	return {
		workFolder: inside,
		after: `${engine} rm -f ${containerName(job.runId)} >/dev/null 2>&1
[ -z "$(find "$folder" ! -user "$(id -u)" 2>/dev/null)" ] ||
	${engine} run --rm --pull=never --network none -v "$PWD:${inside}" -w ${inside} --entrypoint ${chown} "$folder"`,
	};
}
