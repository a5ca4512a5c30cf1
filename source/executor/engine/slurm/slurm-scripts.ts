import {quoteWords} from '../../transport/quote-words.js';
import {begunFile, envFile, jobFile} from '../job-script.js';
import {exitFile, jobName, numberFile} from './slurm-job.js';

/** Codes with which the scripts say what their words cannot. */
export const scriptCodes = {
	/** There was no job to end. */
	nothing: 3,
	/** Slurm did not answer: nothing is known. */
	silent: 4,
} as const;

/**
 * Shell functions about one run's job. `number` prints its number in Slurm: what the folder says, or
 * what the job's name says when an answer was lost between. The lock keeps a look from missing a
 * submission that is under way; where the file system has no locks, the name and the file `begun` still
 * keep the command from being started twice.
 */
function aboutJob(runId: string, folder: string): string {
	return `trap '' PIPE
folder=${quoteWords([folder])}
me=$(id -un)
states() { squeue -h -t all -u "$me" "$@" -o '%A %T' 2>/dev/null; }
take_lock() { [ -d "$folder" ] && exec 9>"$folder/slurm.lock" && flock 9 2>/dev/null; :; }
number() {
	if [ -s "$folder/${numberFile}" ]; then cat "$folder/${numberFile}"; return; fi
	named=$(states -n ${jobName(runId)}) || return ${scriptCodes.silent}
	set -- $named
	[ -z "$1" ] || keep_number "$1"
}
keep_number() {
	if [ -d "$folder" ]; then
		echo "$1" >"$folder/${numberFile}.new"
		mv "$folder/${numberFile}.new" "$folder/${numberFile}"
	fi
	echo "$1"
}
state_of() {
	# It is an error to ask for a job that Slurm has forgotten; for none in a list it is not.
	all=$(states) || return ${scriptCodes.silent}
	echo "$all" | sed -n "s/^$1 //p" | head -n 1
}
is_over() {
	case $1 in
	BOOT_FAIL | CANCELLED | COMPLETED | DEADLINE | FAILED | NODE_FAIL | OUT_OF_MEMORY | PREEMPTED | TIMEOUT | '') ;;
	*) return 1 ;;
	esac
}
take_lock
`;
}

/** Gives the job to Slurm unless it has it already; prints its number. */
export function submitScript(runId: string, folder: string, words: readonly string[]): string {
	return `${aboutJob(runId, folder)}
id=$(number) || exit
if [ -z "$id" ]; then
	id=$(sbatch ${quoteWords([...words, `${folder}/${jobFile}`])} 9>&-)
	code=$?
	# An answer that came too late is no refusal: the name tells whether the job is there.
	[ "$code" -eq 0 ] || { named=$(states -n ${jobName(runId)}) && id=\${named%% *}; }
	[ -n "$id" ] || exit "$code"
	keep_number "\${id%%;*}" >/dev/null
fi
# A job that has begun has read it; one that was there before would find it too late.
[ ! -e "$folder/${begunFile}" ] || rm -f "$folder/${envFile}"
echo "job \${id%%;*}"`;
}

/** Prints `waiting`, `running`, `exited`, `removed` or `unstarted`. */
export function slurmFindScript(runId: string, folder: string): string {
	return `${aboutJob(runId, folder)}
if read -r code rest 2>/dev/null <"$folder/${exitFile}" && [ -n "$code" ]; then
	echo exited
	exit
fi
id=$(number) || exit
if [ -z "$id" ]; then
	if [ -e "$folder/${begunFile}" ]; then echo removed; else echo unstarted; fi
	exit
fi
state=$(state_of "$id") || exit
if is_over "$state"; then echo exited
elif [ "$state" = PENDING ] || [ "$state" = CONFIGURING ]; then echo waiting
else echo running; fi`;
}

/**
 * Ends a job wherever it is: TERM to all of it, KILL when the cluster's KillWait is over. Returns when
 * Slurm has seen its end.
 */
export function slurmStopScript(runId: string, folder: string): string {
	return `${aboutJob(runId, folder)}
id=$(number) || exit
[ -n "$id" ] || exit ${scriptCodes.nothing}
state=$(state_of "$id") || exit
if is_over "$state"; then exit ${scriptCodes.nothing}; fi
scancel "$id" || exit
while ! is_over "$state"; do
	sleep 0.5
	state=$(state_of "$id") || exit
done`;
}

/** Prints a line `NAME|STATE|TIME|NODE|COMMENT` for each job of this product that is not over. */
export const slurmListScript = `squeue -h -o '%j|%T|%M|%N|%k' | grep '^cosmos-' || :`;
