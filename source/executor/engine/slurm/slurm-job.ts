import type {Host} from '../../../domain/hosts/host.js';
import {quoteWords, readableWords} from '../../transport/quote-words.js';
import type {Transport} from '../../transport/transport.js';
import type {Job, JobPreview} from '../engine.js';
import {begunFile, envFile, jobFile, jobScript} from '../job-script.js';
import {gpuRowFunctions, provenanceFunction} from '../provenance-script.js';
import {checkName} from '../slot-script.js';
import {onNode} from './slurm-container.js';
import {slurmTime} from './slurm-limits.js';
import {requestedGres, type SlurmSettings, slurmSettings} from './slurm-settings.js';

/** Files in the run's folder on the host: the job's output, its end, its number in Slurm. */
export const outputFile = 'output';
/**
 * `CODE BYTES NODE`: written last, when the output of the command has that many bytes. It gets its name
 * only when it was written whole.
 */
export const exitFile = 'exit';
export const numberFile = 'slurm.job';
/** `ARRAY INDEX RUN SLOT`: the job is, or is about to be, an element of an array; the array's folder is beside the run's. */
export const arrayFile = 'slurm.array';
/** Held while somebody looks at the job, or submits it. */
export const lockFile = 'slurm.lock';
/** What makes its result. */
export const madeFile = 'made';

/** Codes with which the script ends before the command begins. */
export const guardCodes = {
	/** The folder of the checkout is not on the node. */
	noFolder: 121,
	/** The run's folder cannot be written. */
	unwritable: 122,
	/** The command has begun before: Slurm has started the job anew, or got it twice. */
	begun: 125,
} as const;

/** Bytes; more than any record of an exit status needs. */
const recordSize = 512;

/** What the names of all our jobs begin with; others may have such names too. */
export const jobNameStart = 'cosmos-';

/** A job can be found by its name if its id was lost. */
export function jobName(runId: string): string {
	return `${jobNameStart}${checkName(runId)}`;
}

/** A path for `--output`: `%` begins one of Slurm's own words there. */
export const literalPath = (path: string) => path.replaceAll('%', '%%');

/** The words for `sbatch`, without the script. An array has a name and an output of its own. */
export function sbatchWords(
	job: Job,
	host: Host,
	slurm: SlurmSettings,
	own = {
		name: jobName(job.runId),
		output: literalPath(`${job.workFolder}/${job.runFolder}/${outputFile}`),
	},
): string[] {
	const wanted = {
		'job-name': own.name,
		comment: `${job.startedBy} ${job.slot}`,
		output: own.output,
		'open-mode': 'append',
		chdir: job.workFolder,
		nodes: '1',
		partition: slurm.partition,
		account: slurm.account,
		qos: slurm.qos,
		time: slurmTime(slurm, job.timeLimit),
		gres: requestedGres(host, slurm),
		'cpus-per-task': slurm.cpus,
		mem: slurm.memory,
		constraint: slurm.constraint,
	};
	return [
		'--parsable',
		// A job that has begun must not begin again on another node.
		'--no-requeue',
		...Object.entries(wanted).flatMap(([name, value]) =>
			value === undefined ? [] : [`--${name}=${value}`],
		),
		...slurm.options,
	];
}

/**
 * The shell lines by which a job says what makes its result, before it begins: the watch reads it then. Where Slurm
 * confines the job, `nvidia-smi` lists its own GPUs alone, numbered from 0.
 */
function saysProvenance(job: Job, host: Host, {container}: SlurmSettings): string {
	const image = job.image ?? host.image;
	const programs =
		container === 'docker' ? {docker: host.docker, image} : container === 'none' ? 'host' : 'image';
	return `${gpuRowFunctions}
${provenanceFunction(job, programs)}
mine=$(echo "\${CUDA_VISIBLE_DEVICES:-all}" | tr , -)
{ provenance${host.gpus.length > 0 ? '; made_gpus' : ''}; } >"$folder/${madeFile}" 2>/dev/null`;
}

/** The script that Slurm starts on a node. */
function slurmScript(job: Job, host: Host, slurm: SlurmSettings): string {
	const {command, after} = onNode(job, host, slurm);
	const script = jobScript({
		command,
		timeLimit: job.timeLimit,
		// What must not be there yet is made as a file can be only once: no job begins twice. The file
		// names the job that has begun. The room for the exit status is taken ahead: the command may
		// fill the disk.
		before: `cd ${quoteWords([job.workFolder])} || exit ${guardCodes.noFolder}
folder=${quoteWords([job.runFolder])}
node=\${SLURMD_NODENAME:-$(uname -n)}
${saysProvenance(job, host, slurm)}
set -C
if ! true >"$folder/${begunFile}"; then
	[ -e "$folder/${begunFile}" ] && exit ${guardCodes.begun}
	exit ${guardCodes.unwritable}
fi
set +C
echo "$node $SLURM_JOB_ID" >"$folder/${begunFile}" &&
	printf '%${recordSize}s' '' >"$folder/${exitFile}.new" && [ -r "$folder/${envFile}" ] || {
	rm -f "$folder/${begunFile}" "$folder/${exitFile}.new"
	exit ${guardCodes.unwritable}
}
. "./$folder/${envFile}"
rm -f "$folder/${envFile}"`,
		after: `${after}
bytes=$(wc -c <"$folder/${outputFile}")
printf '%s %s %s\n' "$code" "$((bytes))" "$node" 1<>"$folder/${exitFile}.new" &&
	mv "$folder/${exitFile}.new" "$folder/${exitFile}"`,
	});
	return `#!/bin/sh\n${script}`;
}

/** How a job would be given to Slurm, for people. */
export function previewSlurmJob(job: Job, host: Host): JobPreview[] {
	const slurm = slurmSettings(host);
	const folder = `${job.workFolder}/${job.runFolder}`;
	const words = ['sbatch', ...sbatchWords(job, host, slurm), `${folder}/${jobFile}`];
	return [
		{name: 'sbatch', text: readableWords(words)},
		{name: jobFile, text: slurmScript(job, host, slurm)},
	];
}

/** Writes what Slurm will start: the job's script, and its environment, which may hold secrets. */
export async function writeSlurmJob(
	job: Job,
	host: Host,
	slurm: SlurmSettings,
	transport: Transport,
): Promise<void> {
	const folder = `${job.workFolder}/${job.runFolder}`;
	const {workFolder} = onNode(job, host, slurm);
	const env = {PYTHONPATH: workFolder, ...job.env};
	const exports = Object.entries(env).map(
		([name, value]) => `export ${name}=${quoteWords([value])}\n`,
	);
	await Promise.all([
		transport.writeFile(`${folder}/${envFile}`, exports.join('')),
		transport.writeFile(`${folder}/${jobFile}`, slurmScript(job, host, slurm)),
	]);
}
