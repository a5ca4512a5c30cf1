import {cleanText} from '../../../domain/runs/log-lines.js';
import type {ExecOptions, ExecResult, Transport} from '../../transport/transport.js';
import {runScript} from '../slot-script.js';

/**
 * Slurm's commands take options from the environment, and a login may set any of them: a format or a
 * state would change what we read. Only what says for whom and where jobs are submitted stays.
 */
const plainEnvironment = `for name in $(env | sed -nE 's/^((SQUEUE|SINFO|SCONTROL|SCANCEL|SACCT|SBATCH)_[A-Z_]+)=.*/\\1/p'); do
	case $name in
	SBATCH_ACCOUNT | SBATCH_PARTITION | SBATCH_QOS | SBATCH_RESERVATION | SBATCH_WCKEY) ;;
	*) unset "$name" ;;
	esac
done
unset SLURM_TIME_FORMAT`;

/** Runs a script with commands of Slurm on a host; the login's options for them do not count. */
export function runSlurm(
	transport: Transport,
	script: string,
	options: Pick<ExecOptions, 'onOutput' | 'timeLimit'> = {},
): Promise<ExecResult> {
	return runScript(transport, `${plainEnvironment}\n${script}`, options);
}

/** Characters of what Slurm said that a message may have. */
const longestWords = 400;

/** What a command of Slurm said on standard error: every line, without its name and its advice. */
export function slurmWords(stderr: string): string {
	const lines = stderr
		.split('\n')
		.map(line => cleanText(line.trim().replace(/^\w+: (?:(?:error|fatal): )?/, '')))
		.filter(line => line !== '' && !line.startsWith('Try "'));
	return [...new Set(lines)].join('; ').slice(0, longestWords);
}

/** Whether Slurm's commands found no configuration, so that they know of no cluster. */
export function lacksConfiguration(stderr: string): boolean {
	return /could not establish a configuration source|cannot stat file|unable to process configuration file/i.test(
		stderr,
	);
}
