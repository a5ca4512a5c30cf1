import {quoteWords} from '../../transport/quote-words.js';
import {begunFile, envFile, jobFile} from '../job-script.js';
import {exitFile, jobName, jobNameStart, numberFile} from './slurm-job.js';

/** Codes with which the scripts say what their words cannot. */
export const scriptCodes = {
	/** There was no job to end. */
	nothing: 3,
	/** Slurm did not answer: nothing is known. */
	silent: 4,
} as const;

/**
 * Shell functions about one run's job. `look` sets `id` and `state` to what Slurm has of it: the job
 * whose number the folder keeps, or another one of the run's name when an answer was lost between.
 * Slurm reuses ids after it was set up again, so an id alone proves nothing: only a
 * job of this user with the run's own name is the run's. The lock keeps a look from missing a
 * submission that is in progress; where the file system has no locks, the name and the file `begun` still
 * keep the command from being started twice.
 */
function aboutJob(runId: string, folder: string): string {
	return `trap '' PIPE
folder=${quoteWords([folder])}
name=${jobName(runId)}
me=$(id -un)
take_lock() { [ -d "$folder" ] && exec 9>"$folder/slurm.lock" && flock 9 2>/dev/null; :; }
look() {
	id= state=
	# It is an error to ask for a job that Slurm has forgotten; for none in a list it is not.
	found=$(squeue -h -t all -u "$me" -n "$name" -o '%A %T' 2>/dev/null) || exit ${scriptCodes.silent}
	read -r id rest 2>/dev/null <"$folder/${numberFile}"
	case $id in '' | *[!0-9]*) id= ;; esac
	[ -z "$id" ] || state=$(echo "$found" | sed -n "s/^$id //p")
	if [ -z "$state" ] && [ -n "$found" ]; then
		set -- $(alive) \${found%% *}
		id=$1
		state=$(echo "$found" | sed -n "s/^$id //p")
		keep_number
	fi
}
keep_number() {
	if [ -d "$folder" ]; then
		echo "$id" >"$folder/${numberFile}.new" && mv "$folder/${numberFile}.new" "$folder/${numberFile}"
	fi
}
is_over() {
	case $1 in
	BOOT_FAIL | CANCELLED | COMPLETED | DEADLINE | FAILED | NODE_FAIL | OUT_OF_MEMORY | PREEMPTED | TIMEOUT | '') ;;
	*) return 1 ;;
	esac
}
alive() { echo "$found" | while read -r one word; do is_over "$word" || echo "$one"; done; }
take_lock
`;
}

/** Submits the job to Slurm unless it is already there; prints its id. */
export function submitScript(runId: string, folder: string, words: readonly string[]): string {
	return `${aboutJob(runId, folder)}
look
if [ -z "$id" ]; then
	id=$(sbatch ${quoteWords([...words, `${folder}/${jobFile}`])} 9>&-)
	code=$?
	id=\${id%%;*}
	if [ "$code" -eq 0 ]; then
		keep_number
	else
		# An answer that came too late is no refusal: the name tells whether the job is there. Slurm
		# also keeps a job that it has refused, as one that has failed.
		look
		if is_over "$state" && [ ! -s "$folder/${begunFile}" ]; then
			rm -f "$folder/${numberFile}"
			exit "$code"
		fi
	fi
fi
# A job that has begun has read it; one that was there before would find it too late.
[ ! -e "$folder/${begunFile}" ] || rm -f "$folder/${envFile}"
echo "job $id"`;
}

/** Prints `waiting`, `running`, `exited`, `removed` or `unstarted`. */
export function slurmFindScript(runId: string, folder: string): string {
	return `${aboutJob(runId, folder)}
if read -r code rest 2>/dev/null <"$folder/${exitFile}" && [ -n "$code" ]; then
	echo exited
	exit
fi
look
if [ -z "$id" ]; then
	if [ -s "$folder/${begunFile}" ]; then echo removed; else echo unstarted; fi
	exit
fi
# One that waits again after it has begun was requeued: its end is that.
if is_over "$state" || { [ "$state" = PENDING ] && [ -s "$folder/${begunFile}" ]; }; then echo exited
elif [ "$state" = PENDING ] || [ "$state" = CONFIGURING ]; then echo waiting
else echo running; fi`;
}

/**
 * Ends a job wherever it is: TERM to all of it, KILL when the cluster's KillWait is over. Returns when
 * Slurm has seen its end. Only jobs of this user with the run's own name are cancelled, and all of them,
 * whatever number the folder keeps.
 */
export function slurmStopScript(runId: string, folder: string): string {
	return `${aboutJob(runId, folder)}
look
ids=$(alive)
if [ -z "$ids" ]; then
	whose=$(squeue -h -n "$name" -o %u 2>/dev/null | head -n 1)
	[ -n "$whose" ] || exit ${scriptCodes.nothing}
	echo "it belongs to the user $whose" >&2
	exit 1
fi
scancel --user="$me" --name="$name" $ids || exit
while [ -n "$(alive)" ]; do
	sleep 0.5
	look
done`;
}

/** Prints a line `STATE|TIME|NODE|NAME|COMMENT` for each job that may be this product's and is not over. */
export const slurmListScript = `jobs=$(squeue -h -o '%T|%M|%N|%j|%k') || exit ${scriptCodes.silent}
echo "$jobs" | grep '|${jobNameStart}run_' || :`;
